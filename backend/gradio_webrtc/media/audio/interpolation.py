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
_FEW_PHASES = 8
"""Up to so many the outputs of each phase are computed together: 24 to 48 kHz has two, 16 to 48
three. It takes two thirds of the time, for the same samples; 44.1 to 48 kHz has 160 phases, of six
outputs each."""
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
        base: shape ``(k,)``, in ``half_width - 1 <= base < n - half_width``; when ``table`` has few
            rows, those that are as many apart as there are rows are evenly spaced.
        rows: shape ``(k,)``, which row of ``table`` weighs the samples around each ``base``; when
            it has few, they come in the same order again and again.
        table: from :func:`kernel`.

    Returns:
        Shape ``(channels, k)``.
    """
    taps = table.shape[1]
    result = np.empty((samples.shape[0], len(base)), np.float32)
    if len(table) <= _FEW_PHASES and len(base):
        for channel, signal in enumerate(samples):
            _read_by_phase(sliding_window_view(signal, taps), base, rows, table, result[channel])
        return result
    first = base - (taps // 2 - 1)
    for start in range(0, len(base), _BLOCK):
        stop = start + _BLOCK
        weights = table[rows[start:stop]]
        for channel, signal in enumerate(samples):
            windows = sliding_window_view(signal, taps)[first[start:stop]]
            result[channel, start:stop] = np.einsum("ij,ij->i", windows, weights)
    return result


def _read_by_phase(
    windows: Float32Array,
    base: IndexArray,
    rows: IndexArray,
    table: Float32Array,
    result: Float32Array,
) -> None:
    """Read one channel: a phase goes on by whole input samples, so that nothing is gathered."""
    taps, period = table.shape[1], len(table)
    for phase in range(min(period, len(base))):
        mine = base[phase::period]
        step = int(mine[1] - mine[0]) if len(mine) > 1 else 1
        start = int(mine[0]) - (taps // 2 - 1)
        part = windows[start : start + step * (len(mine) - 1) + 1 : step]
        result[phase::period] = np.einsum("ij,j->i", part, table[int(rows[phase])])


@lru_cache(maxsize=1)
def _prototype() -> Float64Array:
    at = np.arange(ZERO_CROSSINGS * _STEPS + 1) / _STEPS
    window = np.i0(KAISER_BETA * np.sqrt(1.0 - (at / ZERO_CROSSINGS) ** 2)) / np.i0(KAISER_BETA)
    return np.asarray(CUTOFF * np.sinc(CUTOFF * at) * window, dtype=np.float64)
