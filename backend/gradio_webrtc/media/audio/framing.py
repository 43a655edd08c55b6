"""Cutting a stream of samples into frames of one exact length."""

from __future__ import annotations

from collections import deque

import numpy as np

from gradio_webrtc.media.audio.pcm import Float32Array, Int16Array, remix

FADE_SAMPLES = 240
"""Length of every fade: 5 ms at 48 kHz, short enough to go unnoticed, long enough not to tick."""


def fade_out_curve(length: int = FADE_SAMPLES) -> Float32Array:
    """Return half a raised cosine from just below 1 down to 0, shape ``(length,)``."""
    at = np.arange(1, length + 1, dtype=np.float32) / length
    return np.asarray(0.5 + 0.5 * np.cos(np.pi * at), np.float32)


def fade_to_silence(content: Int16Array, last: Int16Array, length: int) -> Int16Array:
    """Complete ``content`` to ``length`` samples so that it ends in silence without a step.

    What follows the content is its last sample held, under a fade that starts at the content's
    end, or earlier when the frame would end before the fade does.

    Args:
        content: shape ``(channels, n)``, n from 0 to ``length``.
        last: shape ``(channels,)``, the sample before the content, used when n is 0.
        length: at least ``FADE_SAMPLES``.
    """
    count = content.shape[1]
    held = content[:, -1] if count else last
    frame = np.empty((content.shape[0], length), np.float32)
    frame[:, :count] = content
    frame[:, count:] = held[:, np.newaxis]
    end = min(length, count + FADE_SAMPLES)
    frame[:, end - FADE_SAMPLES : end] *= fade_out_curve()
    frame[:, end:] = 0.0
    return np.rint(frame).astype(np.int16)


class Framer:
    """A queue of samples, filled in any portions and emptied in frames. Not thread-safe."""

    def __init__(self, frame_samples: int, channels: int) -> None:
        """Cut frames of shape ``(channels, frame_samples)``."""
        self.frame_samples = frame_samples
        self.channels = channels
        self._chunks: deque[Int16Array] = deque()
        self._length = 0

    def __len__(self) -> int:
        """Return the number of samples per channel that wait."""
        return self._length

    def push(self, samples: Int16Array) -> None:
        """Append int16 samples of shape ``(channels, n)``; they are copied."""
        if samples.shape[1]:
            self._chunks.append(np.array(samples))
            self._length += samples.shape[1]

    def pop(self) -> Int16Array | None:
        """Remove one whole frame, or return ``None`` when less than one waits."""
        return self.take(self.frame_samples) if self._length >= self.frame_samples else None

    def take(self, count: int) -> Int16Array:
        """Remove up to ``count`` samples from the front, shape ``(channels, n)``."""
        parts: list[Int16Array] = [np.zeros((self.channels, 0), np.int16)]
        missing = min(count, self._length)
        self._length -= missing
        while missing:
            head = self._chunks.popleft()
            if head.shape[1] > missing:
                self._chunks.appendleft(head[:, missing:])
                head = head[:, :missing]
            parts.append(head)
            missing -= head.shape[1]
        return np.concatenate(parts, axis=1)

    def peek(self, count: int) -> Int16Array:
        """Return up to ``count`` samples from the front without removing them."""
        taken = self.take(count)
        if taken.shape[1]:
            self._chunks.appendleft(taken)
            self._length += taken.shape[1]
        return taken

    def clear(self) -> int:
        """Throw everything away; return how many samples that were."""
        dropped, self._length = self._length, 0
        self._chunks.clear()
        return dropped

    def set_channels(self, channels: int) -> None:
        """Go on with another channel count; what waits is remixed."""
        self.channels = channels
        self._chunks = deque(remix(chunk, channels) for chunk in self._chunks)
