"""What somebody has said so far in a turn, as text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Transcript:
    """What was recognised of a turn; ``str()`` of it is ``text``.

    Attributes:
        committed: words that stay as they are until the turn is over.
        tentative: words behind them that the next transcript may write otherwise.
        final: whether the turn is over. All of it was listened to again then where it is short
            enough, so words that were committed may be better now.
    """

    committed: str
    tentative: str = ""
    final: bool = False

    @property
    def text(self) -> str:
        """All of it."""
        return " ".join(part for part in (self.committed, self.tentative) if part)

    def __str__(self) -> str:
        return self.text
