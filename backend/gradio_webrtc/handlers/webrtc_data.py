"""What a person submits in a text composer, as handlers and listeners get it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class WebRTCData:
    """The value of a component with ``variant="textbox"``, and then of ``latest_args[0]``.

    Attributes:
        webrtc_id: the id of the connection.
        textbox: what the person submitted last; empty when they only spoke.
        audio: what the person said since the submit before it, at most the last 60 seconds:
            ``(sample_rate, int16 array of shape (1, samples))`` at the handler's
            ``input_sample_rate``. ``None`` while the microphone was off, and in listeners of
            Gradio events, where only the text is known.
        number: which submit of its connection this is, counted by the page from 1; for this
            package itself, which takes each number once.
    """

    webrtc_id: str
    textbox: str = ""
    audio: Any | None = None
    number: int | None = field(default=None, repr=False, compare=False)
