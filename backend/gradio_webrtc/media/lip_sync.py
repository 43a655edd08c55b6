"""What belongs together at the same time: where a source is, and when its frames are due.

See :mod:`gradio_webrtc.media.timed_media` for what a source's timeline is. Everything here is pure
and takes the moment as an argument, in seconds of a monotonic clock.
"""

from __future__ import annotations

from collections import deque

SKIP_SECONDS = 0.1
"""A frame later than this is skipped if its source could have been faster."""
SHOW_SECONDS = 0.25
"""Seconds without a frame after which even a late one is shown."""
STALL_SECONDS = 0.25
"""Without audio, a frame later than this means that the source stood still: it goes on there."""
JUMP_SECONDS = 0.005
"""Audio whose time is off by less than this continues what was before it."""
_EPSILON = 1e-3


class SourceClock:
    """Where on its timeline a source is. Audio drives it; without audio, real time does."""

    def __init__(self) -> None:
        self._offset: float | None = None
        self._limit: float | None = None

    @property
    def sounding(self) -> bool:
        """Whether audio drives the clock now."""
        return self._limit is not None

    def position(self, now: float) -> float | None:
        """Return the time on the source's timeline, ``None`` before anything was shown or heard."""
        if self._offset is None:
            return None
        position = now + self._offset
        # Audio that is late holds up everything that belongs to it.
        return position if self._limit is None else min(position, self._limit)

    def sound(self, time: float, due: float, end: float) -> None:
        """Audio of ``time`` is heard at ``due``; it was sent up to ``end``, and no further."""
        self._offset, self._limit = time - due, end

    def silence(self) -> None:
        """The audio has ended; real time goes on from where it was."""
        self._limit = None

    def begin(self, time: float, now: float) -> None:
        """Be at ``time`` at ``now``, and go on from there as real time does."""
        self._offset = time - now


class AudioTimes:
    """Which sample of what was pushed to a playout has which time on the source's timeline."""

    def __init__(self, sample_rate: int) -> None:
        """Count samples of ``sample_rate`` in Hz."""
        self._rate = sample_rate
        self._marks: deque[tuple[int, float]] = deque([(0, 0.0)])
        self.end = 0.0
        """The time at which the audio that was pushed last ends."""

    def push(self, sample: int, duration: float, time: float | None, *, anew: bool) -> None:
        """Note that a chunk starts at ``sample``.

        Args:
            sample: its first sample, counted from the first ever pushed.
            duration: its length in seconds.
            time: its time, or ``None`` when it continues the chunk before it.
            anew: a talk spurt begins; what the resampler added in the last one is forgotten.
        """
        start = self.end if time is None else time
        if anew or abs(start - self._after_last(sample)) > JUMP_SECONDS:
            while self._marks and self._marks[-1][0] >= sample:
                self._marks.pop()
            self._marks.append((sample, start))
        self.end = start + duration

    def skip(self, seconds: float) -> None:
        """Note that audio of this length was dropped before it was pushed."""
        self.end += seconds

    def at(self, sample: int) -> float:
        """Return the time of ``sample``; it may not be asked for earlier ones after that."""
        while len(self._marks) > 1 and self._marks[1][0] <= sample:
            self._marks.popleft()
        first, time = self._marks[0]
        return time + (sample - first) / self._rate

    def _after_last(self, sample: int) -> float:
        first, time = self._marks[-1]
        return time + (sample - first) / self._rate


class VideoTimer:
    """Decides when a timed frame is shown, by the clock of its source.

    Attributes:
        dropped: frames that were skipped because they came too late.
    """

    def __init__(self, clock: SourceClock) -> None:
        """Follow ``clock``."""
        self._clock = clock
        self.dropped = 0
        self._last_time: float | None = None
        self._asked = 0.0
        self._shown = float("-inf")
        self._eager = False

    def arrived(self, time: float, now: float) -> None:
        """Note that the source delivered the frame of ``time``."""
        step = 0.0 if self._last_time is None else time - self._last_time
        # It took less time to make than it is to be seen for: skipping lets the source catch up.
        self._eager = now - self._asked < step
        self._last_time = time

    def wait(self, time: float, now: float) -> float | None:
        """Return the seconds until the frame of ``time`` is due; ``None``: skip it."""
        position = self._clock.position(now)
        if position is None:
            self._clock.begin(time, now)
            return 0.0
        late = position - time
        if late < -_EPSILON:
            return -late
        if late > SKIP_SECONDS and self._eager and now - self._shown < SHOW_SECONDS:
            self.dropped += 1
            return None
        if late > STALL_SECONDS and not self._clock.sounding:
            self._clock.begin(time, now)
        return 0.0

    def shown(self, now: float) -> None:
        """Note that a frame was shown."""
        self._shown = now

    def asked(self, now: float) -> None:
        """Note that the source may go on with its next frame."""
        self._asked = now
