"""What engines tell of their work to whoever listens in the running code, a reply for instance."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from contextvars import ContextVar
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

Samples = TypeVar("Samples", NDArray[np.int16], NDArray[np.float32])


class Saying(Protocol):
    """Is told of one text while a voice speaks it."""

    def piece(self, words: str) -> None:
        """The sound that follows speaks ``words``, which come next in the text."""
        ...

    def sound(self, seconds: float) -> None:
        """So much sound of the piece is handed to whoever asked for it."""
        ...

    def done(self) -> None:
        """The whole text has been spoken."""
        ...


class SpeechNotes(Protocol):
    """Is told on the thread where the engine was called; must not raise or block."""

    def recognised(self) -> None:
        """Audio was made into text."""
        ...

    def says(self, text: str) -> Saying:
        """A voice was given ``text``; return who is told of its pieces."""
        ...


speech_notes: ContextVar[SpeechNotes | None] = ContextVar("gradio_webrtc_speech", default=None)
"""Who listens; ``None``: nobody does."""


def note_recognised() -> None:
    """Tell whoever listens that audio was made into text."""
    notes = speech_notes.get()
    if notes is not None:
        notes.recognised()


def noted(
    text: str, pieces: Generator[tuple[str, int, Samples], None, None]
) -> Generator[tuple[int, Samples], None, None]:
    """Yield the sound of ``pieces``, telling whoever listens what is said with it.

    Args:
        text: all of it.
        pieces: the words of a piece, ``""`` where a piece goes on, the rate in Hz, and samples of
            shape ``(samples,)``. Closed with this generator.
    """
    with closing(pieces):
        notes = speech_notes.get()
        saying = None if notes is None or not isinstance(text, str) else notes.says(text)
        for words, rate, samples in pieces:
            if saying is not None:
                if words:
                    saying.piece(words)
                saying.sound(samples.shape[-1] / rate)
            yield rate, samples
        if saying is not None:
            saying.done()
