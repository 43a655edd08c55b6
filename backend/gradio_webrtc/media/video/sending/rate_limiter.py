"""Showing at most so many frames a second, evenly."""

from __future__ import annotations

from dataclasses import dataclass

MAX_FPS = 60
"""Frames a second beyond which nobody sees a difference and encoders fall behind."""

EARLY = 0.4
"""How early a frame may be shown, and how late without moving those after it, as a part of the
interval. A camera of the same rate wavers by some milliseconds: none of its frames waits, and
its phase is kept. Two frames are at least ``1 - 2 * EARLY`` of an interval apart."""

CAMERA_LATE = 2.0
"""The same for how late, where frames come from a camera of the same rate. A slow moment (an
encoder begins, the machine is busy) delays one by up to two intervals, since of those that came
meanwhile the newest alone is kept. Would it move those after it, as with ``EARLY``, each of them
would wait from then on for as long as the connection lasts: such a camera never lets anybody catch
up. The price is up to two frames more, once, after such a moment."""

CAMERA_DRIFT = 0.02
"""How much faster a camera may be that is said to have this rate. Of one a thousandth faster each
frame would wait a little longer than the one before, up to a whole interval; then one is lost."""


@dataclass(frozen=True)
class FrameRate:
    """How many frames a second are shown at most.

    Attributes:
        fps: frames a second.
        late: how late a frame may be without moving those after it, as a part of the interval.
    """

    fps: float
    late: float = EARLY

    @classmethod
    def following(cls, fps: float, *, drift: bool) -> FrameRate:
        """Return the rate of frames that are made of a camera's, each when that one comes.

        Args:
            fps: frames a second; also of the camera, about.
            drift: whether the camera may be a little faster. Not for frames that go with audio.
        """
        return cls(fps * (1 + CAMERA_DRIFT) if drift else fps, CAMERA_LATE)


MOST = FrameRate(MAX_FPS)


class FrameRateLimiter:
    """Says when the next frame may be shown. Pure; not for several threads.

    The generic cell rate algorithm (ITU-T I.371) with a tolerance of ``EARLY``: over any length of
    time the rate is kept exactly by a source that is always ready, and a source of that rate or a
    slower one is never made to wait.
    """

    def __init__(self, rate: FrameRate) -> None:
        """Allow frames at ``rate``."""
        self._interval = 1.0 / rate.fps
        self._tolerance = EARLY * self._interval
        self._late = rate.late * self._interval
        self._due: float | None = None
        self._last = 0.0

    def wait(self, now: float) -> float:
        """Return the seconds until a frame may be shown, 0 when it may be at ``now``."""
        if self._due is None:
            return 0.0
        apart = self._last + self._interval - 2 * self._tolerance
        return max(0.0, self._due - self._tolerance - now, apart - now)

    def shown(self, now: float) -> None:
        """Note that a frame was shown at ``now``."""
        due = now if self._due is None else max(self._due, now - self._late)
        self._due = due + self._interval
        self._last = now
