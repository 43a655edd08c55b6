"""Showing at most so many frames a second, evenly."""

from __future__ import annotations

MAX_FPS = 60
"""Frames a second beyond which nobody sees a difference and encoders fall behind."""

EARLY = 0.4
"""How early a frame may be shown, and how late without moving those after it, as a part of the
interval. A camera of the same rate wavers by some milliseconds: none of its frames waits, and
its phase is kept. Two frames are at least ``1 - 2 * EARLY`` of an interval apart."""


class FrameRateLimiter:
    """Says when the next frame may be shown. Pure; not for several threads.

    The generic cell rate algorithm (ITU-T I.371) with a tolerance of ``EARLY``: over any length of
    time the rate is kept exactly by a source that is always ready, and a source of that rate or a
    slower one is never made to wait.
    """

    def __init__(self, fps: float) -> None:
        """Allow ``fps`` frames a second."""
        self._interval = 1.0 / fps
        self._tolerance = EARLY * self._interval
        self._due: float | None = None

    def wait(self, now: float) -> float:
        """Return the seconds until a frame may be shown, 0 when it may be at ``now``."""
        if self._due is None:
            return 0.0
        return max(0.0, self._due - self._tolerance - now)

    def shown(self, now: float) -> None:
        """Note that a frame was shown at ``now``."""
        due = now if self._due is None else max(self._due, now - self._tolerance)
        self._due = due + self._interval
