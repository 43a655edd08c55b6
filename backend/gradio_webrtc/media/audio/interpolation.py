"""Band-limited interpolation: reading a sampled signal between its samples.

Windowed-sinc interpolation after J. O. Smith, "Digital Audio Resampling Home Page"
(ccrma.stanford.edu/~jos/resample): a sinc cut off a little below the lower of both Nyquist
frequencies, under a Kaiser window.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from gradio_webrtc.media.audio.pcm import Float32Array

IndexArray: TypeAlias = npt.NDArray[np.int64]
Float64Array: TypeAlias = npt.NDArray[np.float64]

ZERO_CROSSINGS = 24
"""Half-width of the kernel, in samples of the lower rate: 1 ms at 24 kHz, 1.5 ms at 16 kHz."""
CUTOFF = 0.94
"""Where the gain has fallen to one half, as a share of the lower Nyquist frequency."""
KAISER_BETA = 8.0
"""Kaiser's formula: 80 dB of rejection, 0.1 of the lower sample rate from pass to stop band."""
_STEPS = 1024
"""Prototype points per zero crossing; linear interpolation between them errs by -118 dB."""
_BLOCK = 2048
"""Outputs computed at once, so that the gathered windows stay in the processor's cache."""


def half_width(ratio: float) -> int:
    """Samples needed on either side for ``ratio`` = output rate / input rate."""
    return math.ceil(ZERO_CROSSINGS * max(1.0, 1.0 / ratio))


def kernel(offsets: Float64Array, ratio: float) -> Float32Array:
    """Return interpolation coefficients for positions ``offsets`` samples after a sample.

    Args:
        offsets: shape ``(k,)``, each in [0, 1].
        ratio: output rate / input rate.

    Returns:
        Shape ``(k, 2 * half_width(ratio))``. Column ``j`` weighs sample ``j - half_width + 1``
        relative to the one before the position. Each row sums to 1.
    """
    half = half_width(ratio)
    taps = np.arange(-half + 1, half + 1)
    distance = np.abs(offsets[:, np.newaxis] - taps) * (min(1.0, ratio) * _STEPS)
    rows = np.interp(distance, np.arange(len(_prototype())), _prototype(), right=0.0)
    rows /= rows.sum(axis=1, keepdims=True)
    return rows.astype(np.float32)


def interpolate(
    samples: Float32Array, base: IndexArray, rows: IndexArray, table: Float32Array
) -> Float32Array:
    """Read ``samples`` at positions given as the sample before each and a row of ``table``.

    Args:
        samples: shape ``(channels, n)``.
        base: shape ``(k,)``, in ``half_width - 1 <= base < n - half_width``; evenly spaced when
            ``table`` has one row.
        rows: shape ``(k,)``, which row of ``table`` weighs the samples around each ``base``.
        table: from :func:`kernel`.

    Returns:
        Shape ``(channels, k)``.
    """
    taps = table.shape[1]
    result = np.empty((samples.shape[0], len(base)), np.float32)
    if len(table) == 1 and len(base):
        # One phase, a whole number of input samples an output: nothing has to be gathered.
        step = int(base[1] - base[0]) if len(base) > 1 else 1
        part = slice(int(base[0]) - (taps // 2 - 1), int(base[-1]) - (taps // 2 - 1) + 1, step)
        for channel, signal in enumerate(samples):
            windows = sliding_window_view(signal, taps)[part]
            result[channel] = np.einsum("ij,j->i", windows, table[0])
        return result
    first = base - (taps // 2 - 1)
    for start in range(0, len(base), _BLOCK):
        stop = start + _BLOCK
        weights = table[rows[start:stop]]
        for channel, signal in enumerate(samples):
            windows = sliding_window_view(signal, taps)[first[start:stop]]
            result[channel, start:stop] = np.einsum("ij,ij->i", windows, weights)
    return result


@lru_cache(maxsize=1)
def _prototype() -> Float64Array:
    at = np.arange(ZERO_CROSSINGS * _STEPS + 1) / _STEPS
    window = np.i0(KAISER_BETA * np.sqrt(1.0 - (at / ZERO_CROSSINGS) ** 2)) / np.i0(KAISER_BETA)
    return np.asarray(CUTOFF * np.sinc(CUTOFF * at) * window, dtype=np.float64)
