"""The voice detector under its published names."""

from __future__ import annotations

import numpy as np
from gradio_webrtc.pause_detection import PauseDetectionModel, SileroVADModel, get_silero_model


def test_the_detector_is_a_published_one():
    model = SileroVADModel()
    assert isinstance(model, PauseDetectionModel)
    assert isinstance(get_silero_model(), SileroVADModel)
    assert model.vad((16_000, np.zeros(16_000, np.int16)), None) == (0.0, [])
