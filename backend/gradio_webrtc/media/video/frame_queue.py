"""Encoded frames on their way to a decoder: bounded, and going on with the newest key frame."""

from __future__ import annotations

from collections import deque

from gradio_webrtc.media.video.encoded_video import EncodedFrame

MAX_FRAMES = 30
"""A second of them: a decoder that is further behind does not catch up by itself."""
MAX_BYTES = 8 * 1024 * 1024
CROWDED = 3
"""A key frame that finds this many before it is shown in place of them."""


class FrameQueue:
    """A queue that a slow decoder cannot make longer than a second. Pure; not thread-safe.

    Attributes:
        dropped: frames that were left out.
    """

    def __init__(self, max_frames: int = MAX_FRAMES, max_bytes: int = MAX_BYTES) -> None:
        self.dropped = 0
        self._max_frames = max_frames
        self._max_bytes = max_bytes
        self._frames: deque[EncodedFrame] = deque()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._frames)

    def put(self, frame: EncodedFrame) -> bool:
        """Add a frame; return ``False`` when a key frame must come before any other."""
        if frame.key and len(self._frames) >= CROWDED:
            self.clear()
        self._frames.append(frame)
        self._bytes += len(frame.data)
        if len(self._frames) <= self._max_frames and self._bytes <= self._max_bytes:
            return True
        return self._skip()

    def take(self) -> EncodedFrame | None:
        """Take the oldest frame, ``None`` when there is none."""
        if not self._frames:
            return None
        frame = self._frames.popleft()
        self._bytes -= len(frame.data)
        return frame

    def clear(self) -> None:
        """Drop everything."""
        self.dropped += len(self._frames)
        self._frames.clear()
        self._bytes = 0

    def _skip(self) -> bool:
        """Drop what is before the newest key frame, or everything when none is there."""
        newest = next((i for i in reversed(range(len(self._frames))) if self._frames[i].key), 0)
        if not newest:
            self.clear()
            return False
        for _ in range(newest):
            self.take()
            self.dropped += 1
        return True
