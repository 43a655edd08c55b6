"""How many bits a second an encoder makes whose frames go to many."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

DEFAULT_LIMIT = 2_000_000
"""Bits per second where the author sets none: 1280x720 at 30 frames a second looks well with it."""

LEAST_SHARE = 4
"""A quarter of the limit is made in any case: less is no use to those who could take more."""

SLOWEST_SHARE = 4
"""One in four viewers may be slower than what is made."""

CHANGE_INTERVAL = 3.0
"""Seconds between two changes. The encoders begin anew for one, with a key frame for everybody."""

WORTH_CHANGING = 0.2
"""A change of less than this share is not made."""


def slowest_that_counts(known: Sequence[int]) -> int:
    """Return what the slowest can take but for one in four, of one or more."""
    return sorted(known)[(len(known) - 1) // SLOWEST_SHARE]


class SharedBitrate:
    """Follows what three of four viewers can take, from a part of the limit up to it. Pure.

    Of five and more viewers the slowest decides nothing, nor does one that reports nonsense; of
    fewer it cannot take more than the others need. Viewers that have said nothing do not count.

    Args:
        limit: bits per second at most.

    Attributes:
        limit: the same, or the default.
        target: bits per second to aim at.
    """

    def __init__(self, limit: int | None = None) -> None:
        self.limit = DEFAULT_LIMIT if limit is None else limit
        self._least = self.limit // LEAST_SHARE
        self._changed = float("-inf")
        self.target = self.limit // 2

    def update(self, estimates: Iterable[int], now: float) -> int:
        """Return what to aim at, given what viewers said last, in bits per second."""
        known = list(estimates)
        if not known or now - self._changed < CHANGE_INTERVAL:
            return self.target
        wanted = max(self._least, min(slowest_that_counts(known), self.limit))
        if abs(wanted - self.target) > WORTH_CHANGING * self.target or (
            wanted == self.limit != self.target
        ):
            self.target, self._changed = wanted, now
        return self.target
