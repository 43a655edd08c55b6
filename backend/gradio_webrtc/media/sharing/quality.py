"""Which of two qualities each viewer of a shared source gets, and at how many bits a second. Pure.

One bitrate for all would be that of the slowest, or leave it behind. So who cannot follow the
others gets an encoding of fewer bits, and shares it with others like it. There are two at most,
and the second only while somebody needs it: as large conferences do it with simulcast.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from gradio_webrtc.media.sharing.reception import Reception
from gradio_webrtc.media.sharing.shared_bitrate import LEAST_SHARE, SharedBitrate

Quality: TypeAlias = Literal["full", "reduced"]

SLOW_SHARE = 0.7
"""Who can take less than this share of what the best can take cannot follow. Those above it share
an encoding, which costs the best no more than a third of a bitrate: hardly seen."""

ENOUGH_SHARE = 0.9
"""Who can take this share of the full bitrate again, and has no losses, goes back to it. Estimates
reach half again of what is sent, so the way back leads up by steps."""

REDUCED_LEAST_SHARE = 16
"""A sixteenth of the limit is made for those who cannot follow; with less nothing is seen."""

LOSSY_SHARE = 2
"""Who loses much gets half of the full bitrate at most: the fewer packets a frame needs, the fewer
frames miss one."""


class Qualities:
    """Sorts the viewers of one codec, and says what both encodings aim at.

    Args:
        limit: bits per second at most, ``None`` for a default.

    Attributes:
        full: what those who can follow get.
        reduced: what the others get.
    """

    def __init__(self, limit: int | None = None) -> None:
        self.full = SharedBitrate(limit)
        self.reduced = SharedBitrate(self.full.limit, least_share=REDUCED_LEAST_SHARE)

    def choose(self, viewers: Mapping[Reception, Quality], now: float) -> dict[Reception, Quality]:
        """Return what each viewer, given what it gets now, is to get; ``now`` in seconds."""
        can = _estimates(viewers, "full")
        best = min(max([self.full.limit // LEAST_SHARE, *can]), self.full.limit)
        return {each: self._fit(each, now_has, best, now) for each, now_has in viewers.items()}

    def aim(self, viewers: Mapping[Reception, Quality], now: float) -> None:
        """Set both bitrates by what those who get them can take."""
        self.full.update(_estimates(viewers, "full"), now)
        reduced = _estimates(viewers, "reduced")
        if any(each.lossy(now) for each, has in viewers.items() if has == "reduced"):
            reduced = [min(each, self.full.target // LOSSY_SHARE) for each in reduced]
        self.reduced.update((min(each, self.full.target) for each in reduced), now)

    def _fit(self, viewer: Reception, has: Quality, best: int, now: float) -> Quality:
        if viewer.estimate is None:
            return has
        if has == "full":
            slow = viewer.congested(now) and viewer.estimate < SLOW_SHARE * best
            return "reduced" if slow or viewer.lossy(now) else "full"
        enough = viewer.estimate >= ENOUGH_SHARE * self.full.target
        return "full" if enough and not viewer.congested(now) else "reduced"


def _estimates(viewers: Mapping[Reception, Quality], quality: Quality) -> list[int]:
    return [
        each.estimate
        for each, has in viewers.items()
        if has == quality and each.estimate is not None
    ]
