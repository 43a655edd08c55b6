"""A signal is continued as it would go on by itself, and never louder than it was."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from gradio_webrtc.media.audio.linear_prediction import WINDOW, predict

Float32 = npt.NDArray[np.float32]


def sines(frequencies: list[float], count: int) -> Float32:
    """Return a sum of sines of different phases, frequencies in cycles a sample."""
    at = np.arange(count)
    parts = [
        np.sin(2 * np.pi * frequency * at + phase) for phase, frequency in enumerate(frequencies)
    ]
    return np.asarray(np.sum(parts, axis=0), np.float32)


@pytest.mark.parametrize(
    "frequencies", [[0.01], [0.011, 0.07, 0.3], [0.03 * n for n in range(1, 9)]]
)
def test_steady_sines_go_on_exactly(frequencies: list[float]) -> None:
    whole = sines(frequencies, 1000)
    peak = np.abs(whole[900 - WINDOW : 900]).max()
    continued = predict(whole[None, :900], 100)
    assert continued.shape == (1, 100)
    assert continued.dtype == np.float32
    inside = np.clip(whole[900:], -peak, peak)
    assert np.abs(continued[0] - inside).max() < 0.02 * peak


def test_each_channel_goes_on_by_itself() -> None:
    both = np.stack([sines([0.02], 700), np.zeros(700, np.float32), sines([0.05], 700)])
    continued = predict(both[:, :600], 50)
    assert np.abs(continued - both[:, 600:650]).max() < 0.02
    assert not continued[1].any()


def test_only_the_end_counts() -> None:
    signal = sines([0.02], 2 * WINDOW)[None]
    otherwise = signal.copy()
    otherwise[:, :WINDOW] = 0.7
    assert np.array_equal(predict(signal, 40), predict(otherwise, 40))


def test_what_grows_is_held_at_its_own_peak() -> None:
    growing = (1.05 ** np.arange(120)).astype(np.float32)[None]
    continued = predict(growing, 200)
    assert continued.max() <= growing.max()
    assert continued[0, -1] == growing.max()


@pytest.mark.parametrize("known", [1, 2, 5])
def test_too_few_samples_hold_the_last(known: int) -> None:
    signal = np.arange(1, known + 1, dtype=np.float32)[None]
    assert predict(signal, 3).tolist() == [[known] * 3]


def test_six_samples_are_enough_for_one_sine() -> None:
    whole = sines([0.1], 10)
    assert predict(whole[None, :6], 4)[0] == pytest.approx(whole[6:], abs=0.01)


def test_nothing_goes_on_as_nothing() -> None:
    assert predict(np.zeros((2, 0), np.float32), 4).tolist() == [[0.0] * 4] * 2
    assert predict(np.zeros((1, 600), np.float32), 4).tolist() == [[0.0] * 4]
    assert predict(sines([0.02], 600)[None], 0).shape == (1, 0)
