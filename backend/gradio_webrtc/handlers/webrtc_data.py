"""What a person submits in a text composer, as handlers and listeners get it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class WebRTCData(BaseModel):
    """The value of a component with ``variant="textbox"``, and then of ``latest_args[0]``.

    A pydantic model, so that a route of the app's own may take one as its body.

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

    model_config = ConfigDict(arbitrary_types_allowed=True)

    webrtc_id: str
    textbox: str = ""
    audio: Any | None = None
    number: int | None = Field(default=None, repr=False, exclude=True)

    def __init__(
        self, webrtc_id: str, textbox: str = "", audio: Any | None = None, **further: Any
    ) -> None:
        super().__init__(webrtc_id=webrtc_id, textbox=textbox, audio=audio, **further)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, WebRTCData):
            return NotImplemented
        return self._compared() == other._compared()

    __hash__ = None  # type: ignore[assignment] # as for every model that may change

    def _compared(self) -> tuple[str, str, Any]:
        return self.webrtc_id, self.textbox, self.audio
