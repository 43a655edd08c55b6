"""What a sender does about packets that a receiver reports as lost."""

from __future__ import annotations

from collections.abc import Iterable

RESEND_INTERVAL = 0.02
"""Seconds from a packet's copy to the next; reports that come sooner were sent before the first.
After each further one it is twice as long: how long packets take there and back is not known, and
where they wait in a queue it is half a second."""
BURST = 128
"""Packets that may be sent again at once: all that aiortc keeps."""
SHARE = 0.5
"""Packets that may be sent again after that, for each that is sent for the first time. A network
that loses one of four by chance needs a third. One that is too narrow loses more the more is sent
again, and some receivers ask for all that they miss with each packet that is missing."""
KEY_FRAME_INTERVAL = 0.3
"""Seconds between two key frames that are made because something cannot be sent again."""


class Retransmissions:
    """Chooses among the packets a receiver asks for. Pure; for one stream.

    A report of 1.4 kB can ask 5,900 times for a packet, which would be 7 MB.
    """

    def __init__(self) -> None:
        self._there: set[int] = set()
        self._due: dict[int, float] = {}
        self._copies: dict[int, int] = {}
        self._budget = float(BURST)
        self._key_frame = float("-inf")

    def choose(
        self, asked: Iterable[int], kept: Iterable[int], now: float
    ) -> tuple[list[int], bool]:
        """Return which packets to send again, and whether a key frame is needed instead.

        Args:
            asked: the sequence numbers that a report names, as often as it likes.
            kept: those that can be sent again.
            now: monotonic time in seconds.
        """
        there = set(kept)
        wanted = {number % 0x10000 for number in asked}
        self._keep(there)
        chosen = [each for each in sorted(wanted & there) if now >= self._due.get(each, now)]
        chosen = chosen[: int(self._budget)]
        self._budget -= len(chosen)
        for each in chosen:
            before = self._copies.get(each, 0)
            self._copies[each] = before + 1
            self._due[each] = now + RESEND_INTERVAL * 2**before
        key_frame = bool(wanted - there) and now - self._key_frame >= KEY_FRAME_INTERVAL
        if key_frame:
            self._key_frame = now
        return chosen, key_frame

    def _keep(self, there: set[int]) -> None:
        """Forget packets that are gone; those that are new may be sent again."""
        self._budget = min(float(BURST), self._budget + SHARE * len(there - self._there))
        self._there = there
        self._due = {each: at for each, at in self._due.items() if each in there}
        self._copies = {each: count for each, count in self._copies.items() if each in there}
