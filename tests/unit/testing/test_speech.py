from __future__ import annotations

import numpy as np

from gradio_webrtc.speech.synthesis.espeak import EspeakTTS
from gradio_webrtc.testing.speech import recognised, spoken


class Ears:
    """Says how long the sound is that it got."""

    def stt(self, audio: tuple[int, np.ndarray]) -> str:
        rate, samples = audio
        return f"{rate} {samples.size / rate:.2f}"


def test_a_text_is_spoken_without_silence_around_it():
    rate, samples = spoken("Good morning.", EspeakTTS())
    assert rate == 48_000
    assert 0.3 < samples.size / rate < 3
    assert np.abs(samples[:48].astype(int)).max() > 100
    assert spoken("", EspeakTTS())[1].size == 0


def test_a_voice_derived_from_the_built_in_one_speaks_for_itself():
    class Beep(EspeakTTS):
        def tts(self, text, options=None):
            return 48_000, np.full(480 * len(text), 1000, np.int16)

    assert spoken("Beep", Beep())[1].size == 4 * 480


def test_ears_get_16_khz_with_silence_around_it():
    assert recognised((48_000, np.zeros(48_000, np.int16)), Ears()) == "16000 2.00"
