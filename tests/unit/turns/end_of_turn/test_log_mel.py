"""Log-mel features, beside those of the extractor that the models were trained with."""

from __future__ import annotations

import numpy as np
import pytest

from gradio_webrtc.media.audio.pcm import Float32Array
from gradio_webrtc.turns.end_of_turn.log_mel import HOP, SAMPLE_RATE, log_mel, standardised

RATE = SAMPLE_RATE


def signal(seconds: float) -> Float32Array:
    k = np.arange(round(seconds * RATE))
    t = k / RATE
    tones = 0.3 * np.sin(2 * np.pi * (200 + 400 * t) * t) * (1 + np.sin(7 * t))
    found: Float32Array = (tones + 0.05 * np.sin(0.37 * k**1.5)).astype(np.float32)
    return found


@pytest.mark.parametrize(
    ("bands", "means", "peaks"),
    [
        (
            80,
            [0.00331, 0.18119, 0.24664, 0.29805, 0.32479, 0.28533, 0.12004, 0.11757],
            [1.56785, 1.62966, 1.82449, 1.2034, 1.82074, 1.08333],
        ),
        (
            128,
            [0.03702, 0.22404, 0.25198, 0.33166, 0.33605, 0.31305, 0.15902, 0.15196],
            [1.58166, 1.64682, 1.85924, 1.25086, 1.85508, 1.09423],
        ),
    ],
)
def test_features_are_those_of_whispers_extractor(
    bands: int, means: list[float], peaks: list[float]
) -> None:
    """The numbers are transformers 5.23's for 3 s of this signal, with zeros before it."""
    window = np.concatenate([np.zeros(5 * RATE, np.float32), signal(3.0)])
    features = log_mel(standardised(window), bands)
    assert features.shape == (bands, 800)
    assert features.dtype == np.float32
    assert features[:, 520:].mean(axis=1)[:: bands // 8] == pytest.approx(means, abs=1e-4)
    assert features[:, 500::50].max(axis=0) == pytest.approx(peaks, abs=1e-4)


def test_features_of_silence_are_finite() -> None:
    assert np.isfinite(log_mel(standardised(np.zeros(8 * RATE, np.float32)), 80)).all()


def test_standardised_sound_has_mean_0_and_variance_1_and_silence_stays_silence() -> None:
    scaled = standardised(3.0 + 100 * signal(1.0))
    assert scaled.dtype == np.float32
    assert scaled.mean() == pytest.approx(0.0, abs=1e-5)
    assert scaled.var() == pytest.approx(1.0, abs=1e-4)
    assert not standardised(np.full(100, 0.25, np.float32)).any()


@pytest.mark.parametrize("hertz", [300, 1_000, 4_000])
def test_a_tone_is_in_the_band_of_its_frequency(hertz: int) -> None:
    tone = np.sin(2 * np.pi * hertz * np.arange(RATE) / RATE).astype(np.float32)
    features = log_mel(tone, 80)
    assert features.shape == (80, RATE // HOP)
    loudest = int(features[:, 50].argmax())
    # Slaney's scale: 3 mels for 200 Hz, beyond 1 kHz 27 mels for a factor of 6.4.
    mels = 3 * hertz / 200 if hertz <= 1_000 else 15 + 27 * np.log(hertz / 1_000) / np.log(6.4)
    most = 15 + 27 * np.log(8.0) / np.log(6.4)
    assert loudest == pytest.approx(mels / most * 81 - 1, abs=1)
