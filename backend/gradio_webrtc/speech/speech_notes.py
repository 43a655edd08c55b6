"""What engines tell of their work to whoever listens in the running code, a reply for instance."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Protocol


class SpeechNotes(Protocol):
    """Is told on the thread where the engine was called; must not raise or block."""

    def recognised(self) -> None:
        """Audio was made into text."""
        ...


speech_notes: ContextVar[SpeechNotes | None] = ContextVar("gradio_webrtc_speech", default=None)
"""Who listens; ``None``: nobody does."""


def note_recognised() -> None:
    """Tell whoever listens that audio was made into text."""
    notes = speech_notes.get()
    if notes is not None:
        notes.recognised()
