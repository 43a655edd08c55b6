"""Where audio packets belong in time, by the clock of the sender that is only roughly right.

RTP times should go on by the samples of each packet, and then any step is a gap. Cameras and
gateways write the time at which they sent instead, which is off by a few samples or milliseconds
each time, and whose clock is not the microphone's. Such a step is no gap: to fill it would put
concealment between samples that follow each other, and one that is negative cannot be taken back.
"""

from __future__ import annotations

from gradio_webrtc.media.rtp_numbers import timestamp_distance

MAX_FILL = 48_000
"""At most this many samples, 1 s, are reported as missing at once."""
LEAST_GAP = 480
"""Samples, 10 ms: less is never a gap, however short the packets are. No sender leaves out less
than a frame."""
SET_BACK = 9_600
"""A time 200 ms before the output is no jitter: the sender has set its clock back."""
SMOOTHING = 16
"""Deviations are averaged over so many packets, so that the clock's own rate is followed."""
FOLLOWED = 100
"""The clock is followed by a hundredth of a packet with each packet: more than any two clocks
differ, and too little to hide a gap."""


class SenderClock:
    """Compares the times of a sender's packets with the samples that are in them. Pure.

    The raw time is kept. It is compared with where the output is, not with the packet before, so
    that jitter does not add up.

    Args:
        timestamp: the raw time of the first packet, 32 bits.

    Attributes:
        out: where the output is, in samples; it begins at ``timestamp`` and only grows.
    """

    def __init__(self, timestamp: int) -> None:
        self.out = timestamp
        self._raw = self._time = timestamp
        self._lead = 0.0
        """By how much the sender's time is ahead of the output where there is no gap."""
        self._packet = 0
        """Samples of the packet before."""

    def missing(self, timestamp: int, lost: int = 0) -> int:
        """Return how many samples are missing before a packet of this time, and pass over them.

        Args:
            timestamp: raw, 32 bits.
            lost: how many packets before it are known to be lost. Where that explains the gap,
                they are taken to be as long as the one before them, to the sample.
        """
        gap = round(self._unwrapped(timestamp) - self.out - self._lead)
        least = max(self._packet // 2, LEAST_GAP)
        if gap < -SET_BACK:
            self._lead += gap
            gap = 0
        if lost and (gap < -least or abs(gap - lost * self._packet) < LEAST_GAP):
            gap = lost * self._packet
        elif gap < (1 if lost else least):
            return 0
        self.out += gap
        return min(gap, MAX_FILL)

    def take(self, timestamp: int, samples: int) -> int:
        """Take a packet of so many samples; return where it begins in the output."""
        self._time, self._raw = self._unwrapped(timestamp), timestamp
        deviation = self._time - self.out - self._lead
        most = samples / FOLLOWED
        self._lead += max(-most, min(most, deviation / SMOOTHING))
        place, self.out, self._packet = self.out, self.out + samples, samples
        return place

    def restart(self, timestamp: int) -> None:
        """Go on from another raw time, as a sender does that starts afresh."""
        self._raw, self._time, self._lead = timestamp, self.out, 0.0

    def _unwrapped(self, timestamp: int) -> int:
        """Continue the 32-bit clock from the last packet's place on it."""
        return self._time + timestamp_distance(timestamp, self._raw)
