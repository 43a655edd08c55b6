"""How often a duration was how long: a few counts, whatever their number."""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate

BOUNDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0)
"""Upper bounds in seconds. People answer each other after 0.2 s, and wait for an app some 2 s."""


class Histogram:
    """Counts durations by the first of ``BOUNDS`` that they do not pass.

    Attributes:
        total: their sum in seconds.
    """

    def __init__(self) -> None:
        self.total = 0.0
        self._counts = [0] * (len(BOUNDS) + 1)

    def add(self, seconds: float) -> None:
        """Count one."""
        self._counts[bisect_left(BOUNDS, seconds)] += 1
        self.total += seconds

    def cumulative(self) -> list[int]:
        """Return how many were no longer than each bound, and last how many there were."""
        return list(accumulate(self._counts))

    def include(self, other: Histogram) -> None:
        """Count what ``other`` has counted as well."""
        self.total += other.total
        self._counts = [mine + its for mine, its in zip(self._counts, other._counts, strict=True)]
