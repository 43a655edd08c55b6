"""Voice activity of windows, and how much speech the last moments hold."""

from __future__ import annotations

import pytest

from gradio_webrtc.turns.detection.speech_window import HYSTERESIS, Hysteresis, SlidingWindow


class TestHysteresis:
    def test_it_is_harder_to_begin_than_to_go_on(self) -> None:
        hysteresis = Hysteresis(0.5)
        assert not hysteresis.push(0.49)
        assert hysteresis.push(0.5)
        assert hysteresis.push(0.5 - HYSTERESIS)
        assert not hysteresis.push(0.5 - HYSTERESIS - 0.01)
        assert not hysteresis.push(0.49)

    def test_a_low_threshold_leaves_silence_silence(self) -> None:
        hysteresis = Hysteresis(0.1)
        assert hysteresis.push(0.1)
        assert hysteresis.push(0.01)
        assert not hysteresis.push(0.0)

    def test_a_reset_ends_what_had_begun(self) -> None:
        hysteresis = Hysteresis(0.5)
        hysteresis.push(0.9)
        hysteresis.reset()
        assert not hysteresis.push(0.49)


class Timeline:
    """A window of 100 samples; a run is speech from 30 on and ends with a gap of 10."""

    def __init__(self) -> None:
        self.window = SlidingWindow(100, 30, 10)
        self.now = 0

    def passes(self, count: int, *, speech: bool = False) -> Timeline:
        """Let so many samples pass, in steps of two."""
        for _ in range(count // 2):
            start, self.now = self.now, self.now + 2
            self.window.slide(self.now)
            self.window.add(start, self.now, 2 if speech else 0)
        return self


def test_a_run_is_speech_once_it_is_long_enough() -> None:
    time = Timeline().passes(10).passes(28, speech=True)
    assert (time.window.active, time.window.speech) == (28, 0)
    time.passes(2, speech=True)
    assert (time.window.active, time.window.speech) == (30, 30)
    assert time.window.speech_start == 10


def test_a_short_gap_does_not_break_a_run_and_a_long_one_does() -> None:
    bridged = Timeline().passes(20, speech=True).passes(8).passes(20, speech=True)
    assert bridged.window.speech == 40
    broken = Timeline().passes(20, speech=True).passes(10).passes(20, speech=True)
    assert (broken.window.active, broken.window.speech) == (40, 0)


def test_a_run_that_was_over_too_soon_was_a_noise_and_stays_one() -> None:
    time = Timeline().passes(10, speech=True).passes(20).passes(40, speech=True)
    assert (time.window.active, time.window.speech) == (50, 40)
    assert time.window.speech_start == 30


def test_what_leaves_the_window_does_not_count() -> None:
    time = Timeline().passes(40, speech=True).passes(80)
    assert time.window.speech == 20
    time.passes(20)
    assert (time.window.speech, time.window.active) == (0, 0)


def test_a_run_may_be_older_than_the_window() -> None:
    time = Timeline().passes(150, speech=True)
    assert time.window.active == 100
    assert time.window.speech_start == 0


def test_part_of_a_step_may_be_speech() -> None:
    window = SlidingWindow(100, 0, 10)
    window.slide(50)
    window.add(0, 50, 20)
    assert window.active == 20
    window.slide(140)
    assert window.active == 10


@pytest.mark.parametrize("amount", [1, 7, 20, 40])
def test_silence_empties_the_window_exactly_when_it_says(amount: int) -> None:
    time = Timeline().passes(20, speech=True).passes(14).passes(20, speech=True).passes(6)
    left = time.window.falls_below_in(amount)
    time.window.slide(time.now + left - 1)
    assert time.window.active >= amount
    time.window.slide(time.now + left)
    assert time.window.active < amount


def test_what_holds_less_already_is_below_at_once() -> None:
    assert Timeline().passes(20, speech=True).window.falls_below_in(21) == 0


def test_a_reset_forgets_all_and_a_run_that_goes_on_counts_from_there() -> None:
    time = Timeline().passes(40, speech=True)
    time.window.reset()
    assert (time.window.active, time.window.speech) == (0, 0)
    time.passes(28, speech=True)
    assert time.window.speech == 0
    time.passes(2, speech=True)
    assert time.window.speech == 30
