"""The text of one turn as it grows: what is known for good, and what is recognised again. Pure."""

from __future__ import annotations

from gradio_webrtc.turns.transcription.stable_words import StableWords
from gradio_webrtc.turns.transcription.transcript import Transcript


class TurnText:
    """What was recognised of one turn. Not thread-safe.

    Only the audio from ``position`` on is recognised again, so that a long turn costs in
    proportion to its length.

    Attributes:
        position: samples of the turn whose text is known for good.
    """

    def __init__(self) -> None:
        self.position = 0
        self._known: list[str] = []
        self._tail = StableWords()

    def heard(self, text: str) -> None:
        """``text`` was recognised of the audio from ``position`` to now."""
        self._tail.push(text)

    def cut(self, text: str, position: int) -> None:
        """``text`` was recognised of the audio from the old ``position`` to a new one."""
        beyond = self._tail.close(text)
        self._known += self._tail.committed
        self._tail = StableWords(beyond)
        self.position = position

    def transcript(self) -> Transcript:
        """Return what was said so far."""
        committed = [*self._known, *self._tail.committed]
        return Transcript(" ".join(committed), " ".join(self._tail.tentative))

    def final(self, text: str | None = None) -> Transcript:
        """Return what was said, when the turn is over.

        Args:
            text: of the audio from ``position`` on; ``None``: nobody could recognise it.
        """
        if text is None:
            return Transcript(self.transcript().text, final=True)
        if self.position == 0:
            return Transcript(text.strip(), final=True)
        tail = StableWords(self._tail.committed)
        tail.close(text)
        return Transcript(" ".join([*self._known, *tail.committed]), final=True)
