"""A sampled signal is read between its samples as if it were continuous."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from gradio_webrtc.media.audio.interpolation import (
    CUTOFF,
    ZERO_CROSSINGS,
    half_width,
    interpolate,
    kernel,
)

Float32 = npt.NDArray[np.float32]

RATIOS = [2.0, 1.0, 2 / 3, 1 / 6]


def sine(frequency: float, at: npt.NDArray[Any]) -> Float32:
    """Return a sine of ``frequency`` cycles a sample at positions ``at``."""
    return np.asarray(np.sin(2 * np.pi * frequency * at), np.float32)


@pytest.mark.parametrize(
    ("ratio", "samples"),
    [(3.0, 24), (1.0, 24), (0.5, 48), (1 / 3, 72), (0.3, 80), (1 / 6, 144)],
)
def test_the_kernel_is_as_wide_as_the_lower_rate_asks_for(ratio: float, samples: int) -> None:
    assert half_width(ratio) == samples
    assert half_width(1.0) == ZERO_CROSSINGS


@pytest.mark.parametrize("ratio", RATIOS)
def test_weights_sum_to_one_and_are_symmetric(ratio: float) -> None:
    offsets = np.linspace(0.0, 1.0, 17)
    rows = kernel(offsets, ratio)
    assert rows.shape == (17, 2 * half_width(ratio))
    assert rows.dtype == np.float32
    assert rows.sum(axis=1) == pytest.approx(1.0, abs=1e-5)
    assert np.allclose(rows, rows[::-1, ::-1], atol=1e-6)


@pytest.mark.parametrize("ratio", RATIOS)
def test_the_nearest_sample_weighs_the_most(ratio: float) -> None:
    half = half_width(ratio)
    rows = kernel(np.array([0.0, 0.2, 0.8, 1.0]), ratio)
    assert rows.argmax(axis=1).tolist() == [half - 1, half - 1, half, half]


def test_a_sine_is_read_between_its_samples() -> None:
    rng = np.random.default_rng(1)
    at = np.arange(4000)
    channels = np.stack([sine(0.01, at), sine(0.4, at)])
    half, count = half_width(1.0), 3000  # more than one block
    base = rng.integers(half - 1, 4000 - half, count)
    offsets = rng.random(50)
    rows = rng.integers(0, 50, count)
    read = interpolate(channels, base, rows, kernel(offsets, 1.0))
    exact = base + offsets[rows]
    assert read.shape == (2, count)
    assert read.dtype == np.float32
    assert np.abs(read[0] - sine(0.01, exact)).max() < 1e-4  # 80 dB
    assert np.abs(read[1] - sine(0.4, exact)).max() < 2e-4


@pytest.mark.parametrize("ratio", [0.5, 1 / 3])
def test_what_the_lower_rate_cannot_hold_is_rejected(ratio: float) -> None:
    half = half_width(ratio)
    base = np.arange(half - 1, 3000 - half, round(1 / ratio))
    rows = np.zeros(len(base), np.int64)
    table = kernel(np.zeros(1), ratio)
    nyquist = ratio / 2
    at = np.arange(3000)
    passed = interpolate(sine(0.8 * nyquist, at)[None], base, rows, table)
    stopped = interpolate(sine(1.2 * nyquist, at)[None], base, rows, table)
    half_gain = interpolate(sine(CUTOFF * nyquist, at)[None], base, rows, table)
    assert np.sqrt(2 * np.mean(passed**2)) == pytest.approx(1.0, abs=0.01)
    assert np.sqrt(2 * np.mean(half_gain**2)) == pytest.approx(0.5, abs=0.02)
    assert np.abs(stopped).max() < 2e-4


@pytest.mark.parametrize("phases", [1, 2, 3, 6, 8])
@pytest.mark.parametrize("down", [1, 5, 7])
@pytest.mark.parametrize("count", [0, 1, 2, 200])
def test_few_phases_are_read_as_many_are(phases: int, down: int, count: int) -> None:
    samples = np.random.default_rng(2).standard_normal((2, 1_600)).astype(np.float32)
    table = kernel(np.arange(phases) / phases, 1.0)
    steps = np.arange(count, dtype=np.int64) * down
    base, rows = half_width(1.0) - 1 + steps // phases, steps % phases
    by_phase = interpolate(samples, base, rows, table)
    unused = np.zeros((9, table.shape[1]), np.float32)
    gathered = interpolate(samples, base, rows, np.concatenate([table, unused]))
    assert by_phase.shape == (2, count)
    assert np.allclose(by_phase, gathered, atol=1e-5)
