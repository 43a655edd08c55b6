"""Noticing a queue that only delays: latency that built up and would never go away by itself."""

from __future__ import annotations

import numpy as np

from gradio_webrtc.media.audio.pcm import Int16Array

WINDOW_SECONDS = 2.0
STANDING_SECONDS = 0.04
"""A queue that never falls below this for a whole window is more than jitter needs."""
QUIET_PEAK = 328
"""-40 dB of full scale: below this nobody misses 20 ms."""
QUIET_RATIO = 0.1
"""A frame 20 dB below the window's loudest counts as quiet too, in a noisy room."""


class StandingQueue:
    """Tells which frames may be skipped so that a live source does not fall behind for ever.

    A live source, such as an echo of a microphone, can get ahead of playout in two ways: its clock
    is a little faster (50 ppm make 3 ms a minute), or it was held up and then delivered in one
    burst. Either leaves a queue that never empties, and everything is heard that much later from
    then on. A generator also keeps a queue, but on purpose and up to the capacity, where it is
    held back. So a queue is called standing when for a whole window it neither fell below
    ``STANDING_SECONDS`` nor once reached the capacity.

    Then quiet frames may be skipped, and any frame while more than half the capacity stands, until
    the queue is down to one frame. A backlog at the capacity cannot be told from a generator and
    stays; it is bounded by the capacity. Pure; not thread-safe.
    """

    def __init__(self, capacity: float, frame_seconds: float) -> None:
        """Watch a queue that holds its source back at ``capacity`` seconds."""
        self._capacity = capacity
        self._frame_seconds = frame_seconds
        self.restart()

    def restart(self) -> None:
        """Begin a new window: the queue ran dry or was cleared."""
        self._since: float | None = None
        self._excess = 0.0
        self._loudest = self._peak = 0
        self._lowest = float("inf")
        self._reached_capacity = False

    def pushed(self, buffered: float) -> None:
        """Note the queue's length in seconds after a chunk was added."""
        if buffered >= self._capacity:
            self._reached_capacity = True
            self._excess = 0.0

    def may_skip(self, frame: Int16Array, now: float, buffered: float) -> bool:
        """Decide about the frame due ``now``; ``buffered`` seconds wait behind it."""
        level = max(int(np.maximum.reduce(frame, None)), -int(np.minimum.reduce(frame, None)))
        if self._since is None:
            self._since = now
        self._lowest = min(self._lowest, buffered)
        self._peak = max(self._peak, level)
        if now - self._since >= WINDOW_SECONDS:
            standing = self._lowest >= STANDING_SECONDS and not self._reached_capacity
            self._excess = self._lowest if standing else 0.0
            self._loudest = self._peak
            self._since = now
            self._lowest, self._peak, self._reached_capacity = float("inf"), 0, False
        if self._excess < STANDING_SECONDS or buffered < self._frame_seconds:
            return False
        quiet = level <= max(QUIET_PEAK, QUIET_RATIO * self._loudest)
        if not quiet and self._excess <= self._capacity / 2:
            return False
        self._excess -= self._frame_seconds
        self._lowest = max(0.0, self._lowest - self._frame_seconds)
        return True
