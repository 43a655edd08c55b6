"""Noticing a queue that only delays: latency that built up and would never go away by itself."""

from __future__ import annotations

import numpy as np

from gradio_webrtc.media.audio.pcm import Int16Array

WINDOW_SECONDS = 2.0
STANDING_SECONDS = 0.02
"""A queue that never falls below this, a frame, for a whole window is more than jitter needs."""
QUIET_PEAK = 328
"""-40 dB of full scale: below this nobody misses 20 ms."""
QUIET_RATIO = 0.1
"""A frame 20 dB below the window's loudest counts as quiet too, in a noisy room."""
LOUD_SECONDS = 0.25
"""While more than this stands, frames that are not quiet go as well."""
LOUD_FRAMES = 10
"""Of so many of these one goes: speech that is a tenth faster loses no word."""
LEAST_PUSHED, MOST_PUSHED = 0.8, 1.2
"""A live source pushes about as much as is played. One that pushes less runs out by itself, and one
that pushes more is no live source, or still catching up."""
MOST_BACKLOG_SECONDS = 10.0
"""More than this is not let in above the capacity; as much may wait for a handler."""


class StandingQueue:
    """Tells which frames may be skipped so that a live source does not fall behind for ever.

    A live source, such as an echo of a microphone, can get ahead of playout in two ways: its clock
    is a little faster (50 ppm make 3 ms a minute), or it was held up and then delivered in one
    burst. Either leaves a queue that never empties, and everything is heard that much later from
    then on. A generator also keeps a queue, but on purpose and up to the capacity, where it is
    held back. So a queue is called standing when for a whole window it neither fell below
    ``STANDING_SECONDS`` nor once reached the capacity, and was fed as fast as it was played.

    Then quiet frames may be skipped, and of others one in ten while a quarter of a second stands,
    until the queue is down to one frame.

    A source that was held back at the capacity would keep the rest of a burst to itself, where
    nobody can see or shorten it. So whoever knows of a burst says so (``allow``), and that much
    more is let in until the queue has been short again. A generator that uses it up reaches the
    capacity all the same, and nothing of it is skipped. Pure; not thread-safe.
    """

    def __init__(self, capacity: float, frame_seconds: float) -> None:
        """Watch a queue that holds its source back at ``capacity`` seconds."""
        self._base = capacity
        self._backlog = 0.0
        self._frame_seconds = frame_seconds
        self._was_short = False
        self.restart()

    @property
    def capacity(self) -> float:
        """Seconds at which the source is held back now."""
        return self._base + self._backlog

    def allow(self, seconds: float) -> None:
        """So much came at once: let in as much more, ten seconds at most."""
        if seconds > self._backlog:
            self._backlog = min(seconds, MOST_BACKLOG_SECONDS)
            self._was_short = False
            self.restart()  # how short the queue was before says nothing

    def restart(self) -> None:
        """Begin a new window: the queue ran dry or was cleared."""
        self._since: float | None = None
        self._excess = 0.0
        self._loudest = self._peak = 0
        self._lowest = float("inf")
        self._pushed = self._taken = 0.0
        self._loud_frames = 0
        self._reached_capacity = False

    def pushed(self, seconds: float, buffered: float) -> None:
        """Note that so many ``seconds`` were added, and the queue's length after that."""
        self._pushed += seconds
        if buffered >= self.capacity:
            self._reached_capacity = True
            self._excess = self._backlog = 0.0

    def may_skip(self, frame: Int16Array, now: float, buffered: float) -> bool:
        """Decide about the frame due ``now``; ``buffered`` seconds wait behind it."""
        level = max(int(np.maximum.reduce(frame, None)), -int(np.minimum.reduce(frame, None)))
        if self._since is None:
            self._since = now
        self._taken += self._frame_seconds
        self._lowest = min(self._lowest, buffered)
        self._peak = max(self._peak, level)
        if now - self._since >= WINDOW_SECONDS:
            self._judge(now)
        if self._excess < STANDING_SECONDS or buffered < self._frame_seconds:
            return False
        if not self._is_quiet(level) and not self._may_skip_loud():
            return False
        self._excess -= self._frame_seconds
        self._lowest = max(0.0, self._lowest - self._frame_seconds)
        return True

    def _judge(self, now: float) -> None:
        """Decide what stands, by the window that ends now, and begin another."""
        keeps_pace = LEAST_PUSHED * self._taken <= self._pushed <= MOST_PUSHED * self._taken
        short = self._lowest < STANDING_SECONDS
        if short and self._was_short:  # once may be before what came at once got here
            self._backlog = 0.0
        self._was_short = short
        standing = self._lowest >= STANDING_SECONDS and not self._reached_capacity and keeps_pace
        excess, loudest = self._lowest if standing else 0.0, self._peak
        self.restart()
        self._since, self._excess, self._loudest = now, excess, loudest

    def _is_quiet(self, level: int) -> bool:
        return level <= max(QUIET_PEAK, QUIET_RATIO * self._loudest)

    def _may_skip_loud(self) -> bool:
        if self._excess <= LOUD_SECONDS:
            return False
        self._loud_frames += 1
        return self._loud_frames % LOUD_FRAMES == 0
