"""Audio as models want it: mono, int16, at their rate."""

from __future__ import annotations

import numpy as np
import pytest

from gradio_webrtc.errors import MediaFormatError
from gradio_webrtc.speech.recognition.model_audio import cut_where_quiet, mono_at

SAMPLES = np.arange(-800, 800, dtype=np.int16)


def test_mono_of_the_rate_that_is_wanted_comes_as_it_is() -> None:
    for given in (SAMPLES, SAMPLES[np.newaxis]):
        found = mono_at(16_000, (16_000, given))
        assert found.dtype == np.int16
        assert np.array_equal(found, SAMPLES)


def test_channels_are_mixed() -> None:
    stereo = np.stack([SAMPLES, np.zeros_like(SAMPLES)])
    found = mono_at(16_000, (16_000, stereo))
    assert found.shape == SAMPLES.shape
    assert np.abs(found - SAMPLES / 2).max() <= 1


def test_floats_become_16_bit() -> None:
    found = mono_at(16_000, (16_000, SAMPLES.astype(np.float32) / 32_768))
    assert found.dtype == np.int16
    assert np.abs(found.astype(int) - SAMPLES).max() <= 1


@pytest.mark.parametrize("rate", [8_000, 44_100, 48_000])
def test_other_rates_are_resampled_and_the_sound_stays(rate: int) -> None:
    tone = 8_000 * np.sin(2 * np.pi * 440 * np.arange(rate) / rate)
    found = mono_at(16_000, (rate, np.rint(tone).astype(np.int16)))
    expected = 8_000 * np.sin(2 * np.pi * 440 * np.arange(16_000) / 16_000)
    assert found.dtype == np.int16
    assert found.shape == (16_000,)
    assert np.abs(found - expected)[1_000:-1_000].max() < 50


def test_ten_minutes_are_cut_into_views_that_are_all_of_it() -> None:
    rate = 1000
    samples = np.random.default_rng(0).integers(-9000, 9000, 600 * rate).astype(np.int16)
    pieces = cut_where_quiet(samples, 30 * rate, 5 * rate, rate // 10)
    assert np.array_equal(np.concatenate(pieces), samples)
    assert all(25 * rate <= piece.size <= 30 * rate for piece in pieces[:-1])
    assert all(np.shares_memory(piece, samples) for piece in pieces)
    assert [piece.size for piece in cut_where_quiet(samples[:0], 30, 10, 5)] == [0]


@pytest.mark.parametrize(
    "samples",
    [
        np.full(1600, np.nan, np.float32), np.array([0.1, np.inf]), np.zeros(1600, np.uint8),
        np.zeros(1600, np.int32), np.zeros(1600, np.complex64), np.zeros(1600, bool),
        np.array(["a", "b"]), np.array([None, 1.0]), np.zeros((3, 4, 5), np.int16), [0.1, 0.2],
    ],
    ids=lambda samples: str(getattr(samples, "dtype", "list")),
)  # fmt: skip
def test_what_cannot_be_samples_is_refused(samples: object) -> None:
    with pytest.raises(MediaFormatError):
        mono_at(16_000, (16_000, samples))


def test_what_is_no_audio_is_refused() -> None:
    with pytest.raises(MediaFormatError):
        mono_at(16_000, SAMPLES)


def test_numpys_own_integers_are_samples_where_they_could_be() -> None:
    assert np.array_equal(mono_at(16_000, (16_000, SAMPLES.astype(np.int64))), SAMPLES)
    with pytest.raises(MediaFormatError, match="int64"):
        mono_at(16_000, (16_000, SAMPLES.astype(np.int64) * 1000))
