"""Which of two qualities each viewer of a shared source gets, and at how many bits a second. Pure.

One bitrate for all would be that of the slowest, or leave it behind. So who cannot follow the
fastest gets an encoding of fewer bits, and shares it with others like it. There are two at most,
and the second only while somebody needs it: as large conferences do it with simulcast.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias

from gradio_webrtc.media.sharing.reception import Reception
from gradio_webrtc.media.sharing.reduced_bitrate import ReducedBitrate
from gradio_webrtc.media.sharing.shared_bitrate import LEAST_SHARE, SharedBitrate

Quality: TypeAlias = Literal["full", "reduced"]

ENOUGH_SHARE = 0.9
"""Who can take less than this share of what the fastest can, with a sign that it gets too much,
gets fewer bits. Who can take this share of the full bitrate again, and has no such sign, goes back.
Estimates reach half again of what is sent, so the way back leads up by steps."""

LOSSY_SHARE = 2
"""Who loses much gets half of the full bitrate at most: the fewer packets a frame needs, the fewer
frames miss one. From there it goes down while much is lost."""


class Qualities:
    """Sorts the viewers of one codec, and says what both encodings aim at.

    Nobody lowers the full bitrate without a sign that it is too much, and nobody who moves to the
    other encoding does: it is what the fastest can take.

    Args:
        limit: bits per second at most, ``None`` for a default.

    Attributes:
        full: what those who can follow get.
        reduced: what the others get.
    """

    def __init__(self, limit: int | None = None) -> None:
        self.full = SharedBitrate(limit)
        self.reduced = ReducedBitrate(self.full.limit)

    def choose(self, viewers: Mapping[Reception, Quality], now: float) -> dict[Reception, Quality]:
        """Return what each viewer, given what it gets now, is to get; ``now`` in seconds."""
        fastest = (each.takes or 0 for each, has in viewers.items() if has == "full")
        best = min(max([self.full.limit // LEAST_SHARE, *fastest]), self.full.limit)
        return {each: self._fit(each, now_has, best, now) for each, now_has in viewers.items()}

    def aim(self, viewers: Mapping[Reception, Quality], now: float) -> None:
        """Set both bitrates by what those who get them can take."""
        full = [each for each, has in viewers.items() if has == "full"]
        reduced = [each for each, has in viewers.items() if has == "reduced"]
        self.full.update(_known(full, self.full.target, now), now)
        most = self.full.target
        if any(each.lossy(now) for each in reduced):
            most //= LOSSY_SHARE
        self.reduced.update(_known(reduced, self.reduced.target, now), most, now)

    def _fit(self, viewer: Reception, has: Quality, best: int, now: float) -> Quality:
        if viewer.lossy(now):
            return "reduced"
        if viewer.takes is None:
            return has
        if has == "full":
            slow = viewer.congested(now) and viewer.takes < ENOUGH_SHARE * best
            return "reduced" if slow else "full"
        enough = viewer.takes >= ENOUGH_SHARE * self.full.target
        return "full" if enough and not viewer.congested(now) else "reduced"


def _known(viewers: Iterable[Reception], target: int, now: float) -> list[int]:
    """Return what ``viewers`` can take of an encoding that aims at ``target``.

    While something says that this is too much it is less, and otherwise not less.
    """
    return [
        min(each.takes, each.sent) if each.congested(now) else max(each.takes, target)
        for each in viewers
        if each.takes is not None
    ]
