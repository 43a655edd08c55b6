"""Cutting a stream of samples into frames of one exact length, without a step at its edges."""

from __future__ import annotations

from collections import deque

import numpy as np

from gradio_webrtc.media.audio.pcm import Float32Array, Int16Array, remix

FADE_SECONDS = 0.005
"""Length of every fade: short enough to go unnoticed, long enough not to tick."""

FADE_SAMPLES = round(48_000 * FADE_SECONDS)
"""The same in samples at 48 kHz."""

AUDIBLE_STEP = 328
"""A jump out of silence of 1 % of full scale or more is softened by a fade."""


def fade_out_curve(length: int = FADE_SAMPLES) -> Float32Array:
    """Return half a raised cosine from just below 1 down to 0, shape ``(length,)``."""
    at = np.arange(1, length + 1, dtype=np.float32) / length
    return np.asarray(0.5 + 0.5 * np.cos(np.pi * at), np.float32)


def fade_to_silence(
    content: Int16Array, last: Int16Array, length: int, fade: int = FADE_SAMPLES
) -> Int16Array:
    """Complete ``content`` to ``length`` samples so that it ends in silence without a step.

    What follows the content is its last sample held, under a fade that starts at the content's
    end, or earlier when the frame would end before the fade does.

    Args:
        content: shape ``(channels, n)``, n from 0 to ``length``.
        last: shape ``(channels,)``, the sample before the content, used when n is 0.
        length: at least ``fade``.
        fade: length of the fade in samples.
    """
    count = content.shape[1]
    held = content[:, -1] if count else last
    frame = np.empty((content.shape[0], length), np.float32)
    frame[:, :count] = content
    frame[:, count:] = held[:, np.newaxis]
    end = min(length, count + fade)
    frame[:, end - fade : end] *= fade_out_curve(fade)
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
        missing = min(count, self._length)
        self._length -= missing
        if missing and self._chunks[0].shape[1] == missing:
            return self._chunks.popleft()  # a copy already: of a live source each frame is a chunk
        parts: list[Int16Array] = [np.zeros((self.channels, 0), np.int16)]
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


class EdgeFader:
    """Fades a stream of frames where it stops and where it goes on. Not thread-safe.

    Attributes:
        fade_samples: length of each fade.
    """

    def __init__(self, channels: int, fade_samples: int = FADE_SAMPLES) -> None:
        """Take frames of shape ``(channels, n)``, n at least ``fade_samples``."""
        self.fade_samples = fade_samples
        self._last: Int16Array = np.zeros(channels, np.int16)
        self._cut: Int16Array | None = None
        self._silent = True

    def cut_off(self, upcoming: Int16Array) -> None:
        """Let ``upcoming``, which will not be played, fade out below the next frame."""
        self._cut = fade_to_silence(upcoming, self._last, self.fade_samples, self.fade_samples)

    def skip(self, upcoming: Int16Array) -> None:
        """``cut_off``, unless something is fading out already."""
        if self._cut is None:
            self.cut_off(upcoming)

    def uncut(self) -> None:
        """Forget what was cut off: it is played after all."""
        self._cut = None

    def whole(self, frame: Int16Array) -> Int16Array:
        """Return the next frame, of audio, as it is to be played."""
        return self._next(frame, silent=False)

    def ending(self, content: Int16Array, length: int) -> Int16Array:
        """Return a frame of ``length`` samples with ``content``, which ends in silence."""
        faded = fade_to_silence(content, self._last, length, self.fade_samples)
        return self._next(faded, silent=True)

    def silence(self, length: int) -> Int16Array:
        """Return a frame without content; the audio before it, or what was cut off, fades out."""
        channels = self._last.shape[0]
        if self._cut is not None:
            return self._next(np.zeros((channels, length), np.int16), silent=True)
        return self.ending(np.zeros((channels, 0), np.int16), length)

    def set_channels(self, channels: int) -> None:
        """Go on with another channel count."""
        self._last = remix(self._last[:, np.newaxis], channels)[:, 0]
        if self._cut is not None:
            self._cut = remix(self._cut, channels)

    def _next(self, frame: Int16Array, *, silent: bool) -> Int16Array:
        softened = self._softened(frame)
        self._silent = silent
        self._last = softened[:, -1]
        return softened

    def _softened(self, samples: Int16Array) -> Int16Array:
        """Fade in what would start with a step, and let what was cut off fade out below it."""
        starts_loud = self._silent and int(np.abs(samples[:, 0].astype(np.int32)).max())
        if self._cut is None and starts_loud < AUDIBLE_STEP:
            return samples
        start = samples[:, : self.fade_samples] * fade_out_curve(self.fade_samples)[::-1]
        if self._cut is not None:
            start += self._cut
            self._cut = None
        softened: Int16Array = samples.copy()
        softened[:, : self.fade_samples] = np.clip(np.rint(start), -32_768, 32_767)
        return softened
