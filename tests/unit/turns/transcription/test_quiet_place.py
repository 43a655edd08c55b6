"""Long speech is cut in a pause, or where it is quietest."""

from __future__ import annotations

import numpy as np
import pytest

from gradio_webrtc.turns.transcription.quiet_place import quiet_place

RATE = 16_000


def speech(*parts: tuple[float, float]) -> np.ndarray:
    """Return noise: pairs of seconds and level."""
    generator = np.random.default_rng(0)
    sound = [generator.normal(0, level, round(seconds * RATE)) for seconds, level in parts]
    return np.concatenate(sound).astype(np.int16)[np.newaxis]


def test_what_is_short_is_not_cut() -> None:
    assert quiet_place(speech((2.5, 3000), (0.5, 10), (0.9, 3000)), RATE) is None


def test_it_is_cut_in_the_middle_of_the_last_pause() -> None:
    sound = speech((2.5, 3000), (0.4, 10), (2.0, 3000), (0.4, 10), (1.0, 3000))
    assert quiet_place(sound, RATE) == pytest.approx(5.1 * RATE, abs=0.1 * RATE)


def test_a_pause_that_goes_on_is_one() -> None:
    place = quiet_place(speech((4.5, 3000), (0.4, 10)), RATE)
    assert place == pytest.approx(4.7 * RATE, abs=0.1 * RATE)


def test_a_stop_within_a_word_and_an_early_pause_are_none() -> None:
    sound = speech((1.0, 3000), (0.4, 10), (3.0, 3000), (0.1, 10), (2.0, 3000))
    assert quiet_place(sound, RATE) is None


def test_what_is_very_long_is_cut_where_it_is_quietest() -> None:
    sound = speech((10.5, 3000), (0.14, 900), (1.5, 3000))
    assert quiet_place(sound, RATE) == pytest.approx(10.57 * RATE, abs=0.06 * RATE)


@pytest.mark.parametrize("rate", [8_000, 44_100, 48_000])
def test_digital_silence_and_odd_rates_give_a_place_within(rate: int) -> None:
    samples = np.zeros((2, rate * 13), np.int16)
    place = quiet_place(samples, rate)
    assert place is not None
    assert 0 < place < samples.shape[1]
