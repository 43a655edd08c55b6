"""The latest samples of a stream, addressed by how many samples came before."""

from __future__ import annotations

from collections import deque

import numpy as np

from gradio_webrtc.media.audio.pcm import Int16Array


class SampleBuffer:
    """Keeps samples from some moment on until it is told to drop them. Pure; not thread-safe.

    Positions count samples since the stream's beginning and never change.

    Args:
        channels: of the stream.

    Attributes:
        start: position of the oldest sample that is kept.
        stop: position after the newest sample.
    """

    def __init__(self, channels: int) -> None:
        self.start = 0
        self.stop = 0
        self._channels = channels
        self._pieces: deque[Int16Array] = deque()

    def append(self, samples: Int16Array) -> None:
        """Add ``samples``, shape ``(channels, n)``. They are kept, not copied."""
        self._pieces.append(samples)
        self.stop += samples.shape[1]

    def drop_before(self, position: int) -> None:
        """Drop the pieces that end at ``position`` or before."""
        while self._pieces and self.start + self._pieces[0].shape[1] <= position:
            self.start += self._pieces.popleft().shape[1]

    def cut(self, start: int, stop: int) -> Int16Array:
        """Return a copy of what is kept between two positions, shape ``(channels, n)``."""
        parts = [np.zeros((self._channels, 0), np.int16)]
        at = self.start
        for piece in self._pieces:
            if at >= stop:
                break
            parts.append(piece[:, max(0, start - at) : max(0, stop - at)])
            at += piece.shape[1]
        return np.concatenate(parts, axis=1)
