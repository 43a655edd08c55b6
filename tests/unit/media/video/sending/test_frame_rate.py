"""Which rate an encoder is told."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate, chain, repeat

import pytest

from gradio_webrtc.media.video.sending.frame_rate import LEAST, FrameRateMeter


def told(gaps: Iterable[float], begin: float = 30) -> list[float]:
    """Return what was told after each frame; ``gaps`` are the seconds before each."""
    meter = FrameRateMeter(begin)
    rates = []
    for time in accumulate(gaps):
        meter.add(time)
        rates.append(meter.told)
    return rates


@pytest.mark.parametrize("fps", [5, 10, 15, 60, 120])
def test_another_rate_is_told_within_a_second_and_once(fps: int) -> None:
    rates = told(repeat(1 / fps, 10 * fps))
    assert rates[fps] == pytest.approx(fps)
    assert len(set(rates)) == 2


@pytest.mark.parametrize("fps", [21, 25, 30, 33])
def test_about_the_same_rate_is_not_told(fps: int) -> None:
    assert set(told(repeat(1 / fps, 10 * fps))) == {30}


def test_a_short_pause_is_no_other_rate() -> None:
    steady = [1 / 30] * 90
    assert set(told([*steady, 0.6, *steady])) == {30}


def test_a_camera_in_the_dark_and_in_the_light() -> None:
    rates = told(chain(repeat(1 / 30, 90), repeat(1 / 10, 60), repeat(1 / 30, 150)))
    assert rates[89] == 30
    assert rates[149] == pytest.approx(10, rel=0.2)
    assert rates[-1] == pytest.approx(30, rel=0.15)
    assert len(set(rates)) <= 4  # each costs a key frame


def test_slides_are_taken_for_a_few_frames_a_second() -> None:
    assert told([1.0] * 20)[-1] == told([60.0] * 3)[-1] == LEAST


def test_time_that_steps_back_begins_anew() -> None:
    assert set(told([*[1 / 30] * 60, -1000.0, *[1 / 30] * 60])) == {30}
