"""What a signal would do next: the samples an interpolation kernel needs before they exist."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from gradio_webrtc.media.audio.interpolation import Float64Array
from gradio_webrtc.media.audio.pcm import Float32Array

ORDER = 32
WINDOW = 512
_BLOCK = 128
_RIDGE = 1e-9
"""Relative to the signal's power: about the noise of 16-bit samples, and always solvable."""


def predict(samples: Float32Array, count: int) -> Float32Array:
    """Continue each channel by ``count`` samples; exact for sums of up to 16 steady sines.

    Linear prediction by the modified covariance method (S. L. Marple, "Digital Spectral Analysis",
    chapter 8): the coefficients that best predict the last ``WINDOW`` samples forwards and
    backwards, run onwards, never above the signal's own peak. With fewer than 6 samples the last
    one is held.

    Args:
        samples: shape ``(channels, n)``, n may be 0.
        count: how many samples to add.

    Returns:
        Shape ``(channels, count)``.
    """
    result = np.zeros((samples.shape[0], count), np.float32)
    if not count:
        return result
    for channel, signal in enumerate(samples[:, -WINDOW:].astype(np.float64)):
        if not signal.any():
            continue
        order = min(ORDER, len(signal) // 3)
        if order < 2:
            result[channel] = signal[-1]
        else:
            result[channel] = _run_on(signal, _coefficients(signal, order), count)
    return result


def _coefficients(signal: Float64Array, order: int) -> Float64Array:
    rows = sliding_window_view(signal, order + 1)
    past = np.concatenate([rows[:, :order], rows[:, :0:-1]])
    target = np.concatenate([rows[:, order], rows[:, 0]])
    normal = _product(past, past)
    normal[np.diag_indices(order)] += _RIDGE * np.trace(normal) / order + 1e-20
    return np.asarray(np.linalg.solve(normal, _product(past, target)), dtype=np.float64)


def _product(left: Float64Array, right: Float64Array) -> Float64Array:
    """Return ``left.T @ right`` as a sum of small products.

    BLAS gives a large one to its own threads, and on a busy machine waiting for them holds up the
    event loop for tens of milliseconds.
    """
    total = np.zeros((left.shape[1], *right.shape[1:]))
    for start in range(0, len(left), _BLOCK):
        total += left[start : start + _BLOCK].T @ right[start : start + _BLOCK]
    return total


def _run_on(signal: Float64Array, weights: Float64Array, count: int) -> Float64Array:
    order, peak = len(weights), float(np.abs(signal).max())
    extended = np.concatenate([signal[-order:], np.zeros(count)])
    for at in range(count):
        value = float(weights @ extended[at : at + order])
        extended[order + at] = min(peak, max(-peak, value))
    return extended[order:]
