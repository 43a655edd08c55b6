"""What waits for a recording's thread: bounded, and never in the event loop's way."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from gradio_webrtc.media.audio.pcm import Pcm

MAX_SOUNDS = 1000
"""Pieces of 20 ms: ten seconds of both sides, 2 MB."""

MAX_PICTURES = 15
"""Half a second; 20 MB when they are of 1280x720."""


@dataclass
class Batch:
    """Everything that waited.

    Attributes:
        sounds: side, audio, and the monotonic time at which it starts.
        pictures: side, frame, and the monotonic time from which it is seen.
        now: the newest of the times at which something was put.
    """

    sounds: list[tuple[str, Pcm, float]] = field(default_factory=list)
    pictures: list[tuple[str, Any, float]] = field(default_factory=list)
    now: float = 0.0


class WriteQueue:
    """Audio and video on their way from the event loop to one thread.

    When the disk or the encoder is too slow the oldest are dropped and counted. A frame is
    dropped long before audio is: it is larger, and its absence is noticed less.
    """

    def __init__(self) -> None:
        self._news = threading.Condition()
        self._sounds: deque[tuple[str, Pcm, float]] = deque(maxlen=MAX_SOUNDS)
        self._pictures: deque[tuple[str, Any, float]] = deque(maxlen=MAX_PICTURES)
        self._now = 0.0
        self._closed = False
        self.dropped_sounds = 0
        self.dropped_pictures = 0

    @property
    def dropped(self) -> int:
        """How many pieces of either kind were dropped."""
        return self.dropped_sounds + self.dropped_pictures

    def put_sound(self, side: str, pcm: Pcm, start: float, now: float) -> None:
        """Add audio; ignored when closed."""
        with self._news:
            if self._closed:
                return
            self.dropped_sounds += len(self._sounds) == MAX_SOUNDS
            self._sounds.append((side, pcm, start))
            self._tell(now)

    def put_picture(self, side: str, picture: Any, time: float, now: float) -> None:
        """Add a frame; ignored when closed."""
        with self._news:
            if self._closed:
                return
            self.dropped_pictures += len(self._pictures) == MAX_PICTURES
            self._pictures.append((side, picture, time))
            self._tell(now)

    def take(self) -> Batch | None:
        """Wait for something and return it all; ``None`` when closed and empty."""
        with self._news:
            while not (self._sounds or self._pictures or self._closed):
                self._news.wait()
            if not (self._sounds or self._pictures):
                return None
            batch = Batch(list(self._sounds), list(self._pictures), self._now)
            self._sounds.clear()
            self._pictures.clear()
            return batch

    def close(self, *, discard: bool = False) -> None:
        """Take nothing more; what waits is still there to be taken, unless discarded."""
        with self._news:
            self._closed = True
            if discard:
                self._sounds.clear()
                self._pictures.clear()
            self._news.notify()

    def _tell(self, now: float) -> None:
        self._now = max(self._now, now)
        self._news.notify()
