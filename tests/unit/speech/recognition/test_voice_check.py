"""Whether there is a voice."""

from __future__ import annotations

import numpy as np

from gradio_webrtc.speech.recognition.voice_check import CERTAIN, LIKELY, VoiceCheck
from tests.support.noises import noises
from tests.support.synthetic_speech import say


def _floats(clip: np.ndarray) -> np.ndarray:
    return clip.astype(np.float32) / 32_768


def test_tells_a_voice_from_noises_and_keeps_its_detector() -> None:
    check = VoiceCheck()
    said = _floats(say("no", "en-us", 16_000))
    assert check.likelihood(said) >= CERTAIN
    assert check.likelihood(said * 0.01) >= CERTAIN
    assert all(check.likelihood(_floats(clip)) < LIKELY for _, clip in noises(20))
    assert check.likelihood(said) >= CERTAIN, "and what came before does not count"
    assert len(check._idle) == 1


def test_nothing_and_silence_have_no_voice() -> None:
    check = VoiceCheck()
    assert check.likelihood(np.zeros(0, np.float32)) == 0.0
    assert check.likelihood(np.zeros(16_000, np.float32)) == 0.0
