"""Filling in for audio that was lost on the way."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from gradio_webrtc.media.audio.framing import FADE_SAMPLES, fade_out_curve
from gradio_webrtc.media.audio.linear_prediction import predict
from gradio_webrtc.media.audio.pcm import Float32Array, Int16Array

HISTORY = 1920
"""Samples kept: 40 ms at 48 kHz, two periods of the lowest voice."""
FADE_OUT = 2880
"""Concealment is down to silence after 60 ms: repeated longer, a vowel becomes a buzz."""
_PERIODS = (120, 800)
"""Pitch periods searched, in samples: 400 down to 60 Hz."""


def conceal(history: Int16Array, count: int) -> Int16Array:
    """Continue lost audio: its last pitch period repeated, fading to silence over 60 ms.

    The first 5 ms go over from linear prediction, so that there is no step at the start.

    Args:
        history: int16, shape ``(channels, n)`` at 48 kHz, what came before; best is 40 ms or more.
        count: samples to make.

    Returns:
        Shape ``(channels, count)``.
    """
    channels = history.shape[0]
    result = np.zeros((channels, count), np.float32)
    length = min(count, FADE_OUT)
    if history.shape[1] >= 2 * _PERIODS[0] and length:
        known = history[:, -HISTORY:].astype(np.float32)
        result[:, :length] = _repeated(known, length)
        start = min(length, FADE_SAMPLES)
        curve = fade_out_curve()[:start]
        result[:, :start] *= 1.0 - curve
        result[:, :start] += predict(known, start) * curve
        result[:, :length] *= fade_out_curve(FADE_OUT)[:length]
    return np.asarray(np.clip(np.rint(result), -32_768, 32_767), np.int16)


class LossConcealer:
    """Fills gaps in a stream of decoded frames. Pure; not thread-safe."""

    def __init__(self, channels: int) -> None:
        """Work on frames of shape ``(channels, n)``."""
        self._nothing: Int16Array = np.zeros((channels, 0), np.int16)
        self._heard: deque[Int16Array] = deque()
        """The last frames, ``HISTORY`` samples or more; joined only when one is missing."""
        self._heard_samples = 0
        self._ahead: Int16Array | None = None

    def received(self, samples: Int16Array) -> Int16Array:
        """Pass a decoded frame; after a loss it is blended with the end of the concealment."""
        if self._ahead is not None:
            length = min(FADE_SAMPLES, samples.shape[1], self._ahead.shape[1])
            if length:
                curve = fade_out_curve(length)
                mixed = samples[:, :length] * (1.0 - curve) + self._ahead[:, :length] * curve
                samples = samples.copy()
                samples[:, :length] = np.rint(mixed)
            self._ahead = None
        if samples.shape[1]:
            self._heard.append(samples)
            self._heard_samples += samples.shape[1]
        while self._heard and self._heard_samples - self._heard[0].shape[1] >= HISTORY:
            self._heard_samples -= self._heard.popleft().shape[1]
        return samples

    def missing(self, count: int) -> Int16Array:
        """Return ``count`` samples, shape ``(channels, count)``, in place of what was lost."""
        if self._ahead is None:
            history = np.concatenate([self._nothing, *self._heard], axis=1)[:, -HISTORY:]
            self._ahead = conceal(history, FADE_OUT)
        filled = np.zeros((self._nothing.shape[0], count), np.int16)
        ready = self._ahead[:, :count]
        filled[:, : ready.shape[1]] = ready
        self._ahead = self._ahead[:, count:]
        return filled


def _repeated(known: Float32Array, count: int) -> Float32Array:
    period = _period(known.mean(axis=0))
    cycle = known[:, -period:].copy()
    blend = min(period // 4, known.shape[1] - period)
    if blend:
        curve = fade_out_curve(blend)
        before = known[:, -period - blend : -period]
        cycle[:, -blend:] = cycle[:, -blend:] * curve + before * (1.0 - curve)
    return np.asarray(np.tile(cycle, -(-count // period))[:, :count], np.float32)


def _period(signal: Float32Array) -> int:
    """The lag at which the end of ``signal`` resembles what came before it the most."""
    shortest, longest = _PERIODS[0], min(_PERIODS[1], len(signal) // 2)
    template = signal[-longest:]
    windows = sliding_window_view(signal[:-shortest], longest)
    energy = np.einsum("ij,ij->i", windows, windows)
    likeness = (windows @ template) / np.sqrt(energy + 1.0)
    best = int(np.argmax(likeness[::-1]))
    return min(shortest + best, longest)
