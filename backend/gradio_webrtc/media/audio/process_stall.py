"""Telling a process that stood still from a source that was silent."""

from __future__ import annotations

STALL_SECONDS = 0.03
"""The caller came back this much later than it was asked to: the process stood still, and so did
whatever reads the source. What is late then is no silence and no reason to be late ever after."""
RECOVERY_SECONDS = 0.15
"""How much longer than the stall itself its aftermath may last: everybody is busy catching up."""
LONGEST_STALL = 1.0
"""Seconds that are made up for at most: more at once would only fill the browser's buffer."""


class ProcessStall:
    """Counts the time for which nobody asked although something was due. Pure.

    Attributes:
        promised: when the caller was asked to come back; ``None``: not before something is pushed.
        seconds: how much lateness the present stall and its aftermath explain; 0 without one.
    """

    def __init__(self) -> None:
        self.promised: float | None = None
        self.seconds = 0.0

    def asked(self, now: float) -> None:
        """Note that the caller came back at ``now``."""
        if self.promised is not None and now - self.promised >= STALL_SECONDS:
            stall = now - self.promised + (0.0 if self.seconds else RECOVERY_SECONDS)
            self.seconds = min(self.seconds + stall, LONGEST_STALL)

    def over(self) -> None:
        """Note that everything is in time again."""
        self.seconds = 0.0
