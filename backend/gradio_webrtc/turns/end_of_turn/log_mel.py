"""Audio as models of the Whisper family take it: log-mel features of a window of 16 kHz. Pure.

The numbers are those of ``WhisperFeatureExtractor`` in Hugging Face's transformers, with
``do_normalize``: 25 ms Hann windows every 10 ms, mel bands on Slaney's scale up to 8 kHz, of the
logarithm the upper eight decades, scaled. Checked against its version 5.23 to 0.0001.
"""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt

from gradio_webrtc.media.audio.pcm import Float32Array

SAMPLE_RATE = 16_000
HOP = 160

_WINDOW = 400
_DECADES = 8.0
_LEAST = 1e-10
_LINEAR_UP_TO_HZ, _MELS_THERE = 1000.0, 15.0
_LOG_STEP = np.log(6.4) / 27.0
"""Slaney's mel scale: a line up to 1 kHz, 3 mels for 200 Hz, beyond 27 mels for a factor of 6.4."""


def standardised(samples: Float32Array) -> Float32Array:
    """Return ``samples`` shifted and scaled to mean 0 and variance 1; silence stays silence."""
    spread = np.sqrt(samples.var(dtype=np.float64) + 1e-7)
    scaled: Float32Array = ((samples - samples.mean(dtype=np.float64)) / spread).astype(np.float32)
    return scaled


def log_mel(samples: Float32Array, bands: int) -> Float32Array:
    """Return features of shape ``(bands, len(samples) // HOP)``.

    Args:
        samples: mono of 16 kHz, shape ``(n,)``, at least 25 ms, ``standardised``.
        bands: how many mel bands; Whisper models take 80 or 128.
    """
    padded = np.pad(samples.astype(np.float64), _WINDOW // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::HOP]
    spectrum = np.fft.rfft(frames[: len(samples) // HOP] * np.hanning(_WINDOW + 1)[:-1])
    energy = _filters(bands) @ (np.abs(spectrum) ** 2).T
    log = np.log10(np.maximum(energy, _LEAST))
    log = np.maximum(log, log.max() - _DECADES)
    features: Float32Array = ((log + 4.0) / 4.0).astype(np.float32)
    return features


@functools.cache
def _filters(bands: int) -> npt.NDArray[np.float64]:
    """Return triangles over the spectrum's bins, shape ``(bands, bins)``, each of area 1."""
    edges = _hertz(np.linspace(0.0, _mels(SAMPLE_RATE / 2), bands + 2))
    bins = np.linspace(0.0, SAMPLE_RATE / 2, _WINDOW // 2 + 1)
    rising = (bins - edges[:-2, np.newaxis]) / np.diff(edges)[:-1, np.newaxis]
    falling = (edges[2:, np.newaxis] - bins) / np.diff(edges)[1:, np.newaxis]
    areas = 2.0 / (edges[2:] - edges[:-2])
    triangles: npt.NDArray[np.float64] = np.maximum(0.0, np.minimum(rising, falling))
    return triangles * areas[:, np.newaxis]


def _mels(hertz: float) -> float:
    return float(_MELS_THERE + np.log(hertz / _LINEAR_UP_TO_HZ) / _LOG_STEP)


def _hertz(mels: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    straight = mels * _LINEAR_UP_TO_HZ / _MELS_THERE
    curved = _LINEAR_UP_TO_HZ * np.exp(_LOG_STEP * (mels - _MELS_THERE))
    return np.where(mels < _MELS_THERE, straight, curved)
