"""Audio as models want it: mono, int16, at their rate."""

from __future__ import annotations

import numpy as np
import pytest

from gradio_webrtc.errors import MediaFormatError
from gradio_webrtc.speech.recognition.model_audio import mono_at

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


def test_what_is_no_audio_is_refused() -> None:
    with pytest.raises(MediaFormatError):
        mono_at(16_000, SAMPLES)


def test_numpys_own_integers_are_samples_where_they_could_be() -> None:
    assert np.array_equal(mono_at(16_000, (16_000, SAMPLES.astype(np.int64))), SAMPLES)
    with pytest.raises(MediaFormatError, match="int64"):
        mono_at(16_000, (16_000, SAMPLES.astype(np.int64) * 1000))
