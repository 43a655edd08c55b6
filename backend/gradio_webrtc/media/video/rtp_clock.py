"""RTP timestamps that follow real time."""

from __future__ import annotations

VIDEO_CLOCK_RATE = 90_000
"""Ticks a second of every RTP video payload in use here (RFC 7741 section 4.1, RFC 6184 8.1)."""


class VideoClock:
    """Turns the moment a frame is sent into its timestamp. Pure; not for several threads."""

    def __init__(self, rate: int = VIDEO_CLOCK_RATE) -> None:
        """Count ``rate`` ticks a second."""
        self.rate = rate
        self._origin: float | None = None
        self._last = -1

    def pts(self, now: float) -> int:
        """Return the timestamp in ticks for monotonic time ``now`` in seconds.

        The first is 0. Each is greater than the one before, also when ``now`` stands still or
        steps back, since two frames with one timestamp would be taken for one.
        """
        if self._origin is None:
            self._origin = now
        self._last = max(self._last + 1, round((now - self._origin) * self.rate))
        return self._last
