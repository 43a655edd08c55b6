"""What a sender does about packets that a receiver reports as lost."""

from __future__ import annotations

from collections.abc import Iterable

RESEND_INTERVAL = 0.02
"""Seconds between two copies of a packet; reports that come sooner were sent before the first."""
BURST = 128
"""Packets that may be sent again at once: all that aiortc keeps."""
RATE = 512.0
"""Packets a second that may be sent again after that, 5 Mbit/s."""
KEY_FRAME_INTERVAL = 0.3
"""Seconds between two key frames that are made because something cannot be sent again."""


class Retransmissions:
    """Chooses among the packets a receiver asks for. Pure; for one stream.

    A report of 1.4 kB can ask 5,900 times for a packet, which would be 7 MB.
    """

    def __init__(self) -> None:
        self._sent: dict[int, float] = {}
        self._budget = float(BURST)
        self._filled = float("-inf")
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
        self._budget = min(float(BURST), self._budget + (now - self._filled) * RATE)
        self._filled = now
        there = set(kept)
        wanted = {number % 0x10000 for number in asked}
        self._sent = {number: at for number, at in self._sent.items() if number in there}
        chosen = [
            number
            for number in sorted(wanted & there)
            if now - self._sent.get(number, float("-inf")) >= RESEND_INTERVAL
        ][: int(self._budget)]
        self._budget -= len(chosen)
        self._sent.update((number, now) for number in chosen)
        key_frame = bool(wanted - there) and now - self._key_frame >= KEY_FRAME_INTERVAL
        if key_frame:
            self._key_frame = now
        return chosen, key_frame
