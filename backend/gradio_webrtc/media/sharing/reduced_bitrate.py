"""How many bits a second those get who cannot follow the others."""

from __future__ import annotations

from collections.abc import Sequence

from gradio_webrtc.media.loss_based_rate import HIGHER, LOWER
from gradio_webrtc.media.sharing.shared_bitrate import CHANGE_INTERVAL, slowest_that_counts

LEAST_SHARE = 16
"""A sixteenth of the limit is made in any case; with less nothing is seen."""

FALL_INTERVAL = 1.0
"""Seconds between two steps down: browsers report once a second what they lose, and need a key
frame then in any case."""

STEP = 1.25
"""How many times as much it is at most after one step up. Each begins with a key frame, which takes
the bits of many others: a larger one would be too much where there is room for a smaller one."""

PATIENCE = 10.0
"""Seconds after a step down until the first step up."""

MOST_PATIENCE = 80.0
"""Each step up that was too much doubles the patience, up to this: the picture may stand still for
it every time."""


class ReducedBitrate:
    """Down at once, as far as those who get it lose packets, and up by steps after a while. Pure.

    Of five and more viewers the slowest quarter decides nothing, as with ``SharedBitrate``.

    Args:
        limit: bits per second at most.

    Attributes:
        target: bits per second to aim at.
    """

    def __init__(self, limit: int) -> None:
        self.target = limit // 2
        self._limit = limit
        self._changed = self._lowered = float("-inf")
        self._raised = False
        self._used = float("-inf")
        self._patience = PATIENCE

    def update(self, known: Sequence[int], most: int, now: float) -> int:
        """Return what to aim at.

        Args:
            known: bits per second that each of those who get it can take; nothing without any.
            most: bits per second that it may be.
            now: in seconds.
        """
        if not known:
            return self.target
        wanted = max(self._limit // LEAST_SHARE, min(slowest_that_counts(known), most))
        unused, self._used = now - self._used, now
        if unused > CHANGE_INTERVAL:
            self._begin(wanted, unused, now)
        elif wanted < (1 - LOWER) * self.target:
            if now - self._changed >= FALL_INTERVAL:
                self._lower(wanted, now)
        elif wanted > (1 + HIGHER) * self.target and self._may_rise(now):
            self.target, self._changed = min(wanted, round(STEP * self.target)), now
            self._raised = True
        return self.target

    def _may_rise(self, now: float) -> bool:
        return now - self._lowered >= self._patience and now - self._changed >= CHANGE_INTERVAL

    def _begin(self, wanted: int, unused: float, now: float) -> None:
        """Nobody has had it for a while: what it was says nothing."""
        if unused > MOST_PATIENCE:
            self._raised, self._patience = False, PATIENCE
        self._lower(wanted, now)

    def _lower(self, wanted: int, now: float) -> None:
        if self._raised:
            self._raised, self._patience = False, min(2 * self._patience, MOST_PATIENCE)
        self.target, self._changed, self._lowered = wanted, now, now
