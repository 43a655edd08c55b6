"""When the next packet of a picture may go, on a network that is narrow. Pure.

A key frame has the bits of ten pictures or more. Sent at once it fills the queue in front of a
narrow network, which then drops what comes: packets of the key frame itself, and its copies.
"""

from __future__ import annotations

BURST_SECONDS = 0.1
"""How much may go at once, of a second's bits: two pictures that are no key frames."""
FASTER = 1.5
"""How many times the bitrate that is aimed at may go after that. Slower, a key frame is seen as a
freeze; faster, its own end is lost in a queue that is full (twice as much: pictures stood still for
0.7 s of 45 at 0.8 Mbit/s; 1.2 times: for 0.3 s; 1.5: for 0.1). Chromium sends 2.5 times as much
(``kDefaultPaceMultiplier``), always; here it is only done where the network seems to be narrow."""


class PacketPacing:
    """Counts what is sent, and says how long to wait."""

    def __init__(self) -> None:
        self._ahead = 0.0
        self._at = 0.0

    def sent(self, size: int) -> None:
        """Count ``size`` bytes that have gone, copies of packets among them."""
        self._ahead += 8.0 * size

    def wait(self, bitrate: int | None, now: float) -> float | None:
        """Return how many seconds the next packet has to wait; ``None`` while nothing has to.

        Args:
            bitrate: bits per second that are aimed at, ``None`` while nothing says that the network
                is narrow.
            now: monotonic seconds.
        """
        if bitrate is None:
            self._ahead = 0.0
            return None
        rate = FASTER * bitrate
        self._ahead = max(0.0, self._ahead - rate * max(0.0, now - self._at))
        self._at = now
        return max(0.0, self._ahead - BURST_SECONDS * bitrate) / rate
