"""How much sound came at once, after the network or a process had held it up."""

from __future__ import annotations

from collections.abc import Callable

BURST_SECONDS = 0.1
"""Less is jitter, and what is played has room for it."""
FORGOTTEN = 0.25
"""Of each second; so sound that comes less than a quarter faster than real time is no burst."""


class InputBursts:
    """Compares what has come with real time, and tells when more came than time went by.

    What came ahead of time is forgotten, a quarter of a second in each second.

    Pure; not thread-safe.

    Args:
        tell: is called with how many seconds came at once, again while that grows.
    """

    def __init__(self, tell: Callable[[float], None]) -> None:
        self._tell = tell
        self._ahead = self._told = 0.0
        self._last: float | None = None

    def came(self, seconds: float, now: float) -> None:
        """Note that sound of so many ``seconds`` came at ``now``, monotonic time in seconds."""
        passed = 0.0 if self._last is None else now - self._last
        self._last = now
        self._ahead = max(0.0, self._ahead - (1 + FORGOTTEN) * passed) + seconds
        if self._ahead <= BURST_SECONDS:
            self._told = 0.0
        elif self._ahead > self._told:
            self._told = self._ahead
            self._tell(self._ahead)
