"""Nothing that models say is clipped."""

from __future__ import annotations

import numpy as np
import pytest

from gradio_webrtc.errors import SpeechEngineError
from gradio_webrtc.speech.synthesis.full_scale import within_full_scale


def test_a_peak_beyond_full_scale_makes_the_piece_quieter_in_its_shape():
    spoken = np.array([[0.5, -1.05, 0.21]], np.float32)
    kept = within_full_scale(spoken)
    assert kept.dtype == np.float32
    assert kept == pytest.approx(spoken[0] * 0.99 / 1.05)


@pytest.mark.parametrize("peak", [0.0, 0.1, 1.0])
def test_what_can_be_played_stays_as_it_is(peak: float):
    assert within_full_scale(np.array([0, -peak], np.float32)).tolist() == [0, -np.float32(peak)]


def test_nothing_stays_nothing():
    assert within_full_scale(np.zeros((1, 1, 0), np.float32)).shape == (0,)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_are_no_numbers_is_a_typed_error(value: float):
    with pytest.raises(SpeechEngineError, match="no numbers"):
        within_full_scale(np.array([0, value], np.float32))
