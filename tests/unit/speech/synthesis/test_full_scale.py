"""Nothing that models say is clipped."""

from __future__ import annotations

import numpy as np
import pytest

from gradio_webrtc.errors import SpeechEngineError
from gradio_webrtc.speech.synthesis.full_scale import within_full_scale


def test_peaks_beyond_full_scale_are_rounded_and_the_rest_stays():
    spoken = np.array([[0.5, -1.05, 0.21, 1.0, 30]], np.float32)
    kept = within_full_scale(spoken)
    assert kept.dtype == np.float32
    assert kept == pytest.approx([0.5, -0.99051, 0.21, 0.97616, 1.0], abs=1e-5)


def test_rounding_is_smooth_and_keeps_the_order():
    slope = within_full_scale(np.linspace(-1.2, 1.2, 2401, dtype=np.float32))
    steps = np.diff(slope)
    assert (steps > 0).all()
    assert steps.max() <= 0.001 + 1e-6
    assert np.abs(np.diff(steps)).max() < 2e-5, "no corner"


def test_parts_fit_together():
    spoken = np.random.default_rng(1).uniform(-1.1, 1.1, 1000).astype(np.float32)
    parts = [within_full_scale(part) for part in np.split(spoken, 10)]
    assert np.array_equal(np.concatenate(parts), within_full_scale(spoken))


@pytest.mark.parametrize("peak", [0.0, 0.1, 0.9])
def test_what_is_well_within_stays_as_it_is(peak: float):
    assert within_full_scale(np.array([0, -peak], np.float32)).tolist() == [0, -np.float32(peak)]


def test_nothing_stays_nothing():
    assert within_full_scale(np.zeros((1, 1, 0), np.float32)).shape == (0,)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_are_no_numbers_is_a_typed_error(value: float):
    with pytest.raises(SpeechEngineError, match="no numbers"):
        within_full_scale(np.array([0, value], np.float32))
