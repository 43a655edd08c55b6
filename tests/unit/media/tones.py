"""Making test tones and judging what became of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from hypothesis import settings

from gradio_webrtc.media.audio.pcm import Pcm

Floats = npt.NDArray[np.float64]
AMPLITUDE = 0.5

few = settings(max_examples=40, deadline=None, derandomize=True)
"""Enough examples to meet the odd ones, few enough to stay in seconds, and the same every time."""


def tone(rate: int, frequency: float, start: float, count: int, phase: float = 0.0) -> Floats:
    """``count`` samples of a sine from time ``start`` in seconds."""
    at = start + np.arange(count) / rate
    return AMPLITUDE * np.sin(2 * np.pi * frequency * at + phase)


def as_pcm(rate: int, channels: list[Floats], dtype: str) -> Pcm:
    """A chunk from one array per channel."""
    samples = np.stack(channels)
    if dtype == "int16":
        return Pcm(rate, np.rint(samples * 32_768).astype(np.int16))
    return Pcm(rate, samples.astype(np.float32))


@dataclass(frozen=True)
class Verdict:
    """What is left when the best fitting sine of the expected frequency is taken away, in dB."""

    amplitude: float
    phase: float
    noise: float
    worst: float
    worst_at: int


def judge(samples: npt.NDArray[np.int16], rate: int, frequency: float, margin: int) -> Verdict:
    """Compare one channel with a sine of exactly ``frequency``, without ``margin`` at both ends.

    A sample out of place, a jump in phase or a wrong pitch all stay behind in the remainder.
    """
    inner = slice(margin, len(samples) - margin)
    at = 2 * np.pi * frequency * np.arange(len(samples)) / rate
    basis = np.stack([np.sin(at), np.cos(at)], axis=1)[inner]
    heard = samples[inner] / 32_768
    fitted, *_ = np.linalg.lstsq(basis, heard, rcond=None)
    rest = np.abs(heard - basis @ fitted)
    return Verdict(
        amplitude=float(np.hypot(*fitted)),
        phase=float(np.arctan2(fitted[1], fitted[0])),
        noise=decibel(np.sqrt(2 * np.mean(rest**2)) / AMPLITUDE),
        worst=decibel(rest.max() / AMPLITUDE),
        worst_at=int(rest.argmax()) + margin,
    )


def decibel(ratio: float) -> float:
    """20 log10, with a floor."""
    return float(20 * np.log10(max(float(ratio), 1e-12)))
