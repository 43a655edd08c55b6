"""How often a loop may ask user code that never waits, and that others are not slowed down."""

from __future__ import annotations

import pytest

from gradio_webrtc.handlers.emit_pace import (
    LEAST_PLAYED_S,
    MOST_CREDIT,
    REST_S,
    START_CREDIT,
    EmitPace,
)

FRAME = 0.02
NOTHING = (0.0, False)
OUTPUT = (0.0, True)


class Loop:
    """A loop over scripted values on a clock of its own; playing is half a second ahead at most.

    Attributes:
        now: seconds.
        values: how many were taken.
        rested: seconds of resting.
        late: seconds for which there was nothing to play, once something was.
    """

    def __init__(self, *, plays: bool = True) -> None:
        self.pace = EmitPace()
        self.pace.resumed(0.0)
        self.now = self.rested = self.late = 0.0
        self.values = 0
        self.plays = plays
        self.end = 0.0

    def take(self, value: tuple[float, bool], cost_s: float = 0.0001, waits_s: float = 0.0) -> None:
        """Take a value that user code computes for ``cost_s`` and waited ``waits_s`` for."""
        played, said = value
        self.values += 1
        self.now += cost_s + waits_s
        if played and self.plays:
            if self.end:
                self.late += max(0.0, self.now - self.end)
            self.end = max(self.end, self.now) + played
            self.now = max(self.now, self.end - 0.5)
        rest = self.pace.after(self.now, played, said=said)
        self.rested += rest
        self.now += rest
        self.pace.resumed(self.now)

    def take_for(self, seconds: float, *values: tuple[float, bool], **costs: float) -> None:
        """Take these values again and again."""
        end = self.now + seconds
        while self.now < end:
            for value in values:
                self.take(value, **costs)


@pytest.mark.parametrize("value", [NOTHING, OUTPUT, (1 / 48_000, False), (1 / 48_000, True)])
@pytest.mark.parametrize("cost_s", [0.0, 0.00002, 0.00025, 0.001])
def test_what_returns_at_once_without_media_is_asked_fifty_times_a_second(
    value: tuple[float, bool], cost_s: float
) -> None:
    loop = Loop()
    loop.take_for(1, value, cost_s=cost_s)
    assert loop.values <= 1 / REST_S + START_CREDIT + 15
    loop.values = 0
    loop.take_for(60, value, cost_s=cost_s)
    assert 40 * 60 <= loop.values <= 70 * 60


def test_outputs_before_the_first_sound_do_not_delay_it() -> None:
    loop = Loop()
    for _ in range(int(START_CREDIT)):
        loop.take(OUTPUT)
    assert loop.rested == 0


@pytest.mark.parametrize("frame", [0.01, FRAME, 0.1])
@pytest.mark.parametrize("waits_s", [0.0, 0.9])
def test_outputs_between_chunks_of_sound_delay_none(frame: float, waits_s: float) -> None:
    loop = Loop()
    loop.take((frame, True))
    outputs = min(50, int(frame * 500))
    for _ in range(int(60 / frame)):
        for _ in range(outputs):
            loop.take(OUTPUT)
        loop.take((frame, True), waits_s=waits_s * frame)
    assert loop.rested == 0
    assert loop.late == 0


def test_a_clump_of_outputs_in_the_middle_of_sound_is_no_gap() -> None:
    loop = Loop()
    for _ in range(20):
        loop.take_for(3, (FRAME, False))
        for _ in range(70):
            loop.take(OUTPUT)
    assert loop.late == 0


@pytest.mark.parametrize("empties", [1, 2])
def test_empty_chunks_between_full_ones_are_no_gap(empties: int) -> None:
    loop = Loop()
    loop.take_for(60, (FRAME, False), *[NOTHING] * empties)
    assert loop.late == 0


def test_sound_does_not_pay_for_asking_in_vain() -> None:
    loop = Loop()
    loop.take_for(60, (FRAME, False), *[NOTHING] * 20)
    assert loop.values < 60 * 200


@pytest.mark.parametrize("a_second", [10, 100, 240])
def test_outputs_at_the_pace_of_a_model_are_not_held_up(a_second: int) -> None:
    loop = Loop()
    loop.take_for(60, OUTPUT, waits_s=1 / a_second)
    assert loop.rested == 0


def test_outputs_that_come_in_clumps_are_not_held_up() -> None:
    loop = Loop()
    for _ in range(100):
        loop.take(OUTPUT, waits_s=0.25)
        for _ in range(int(MOST_CREDIT) - 10):
            loop.take(OUTPUT)
    assert loop.rested == 0


def test_sound_that_is_never_played_rests_as_well() -> None:
    """Cleared at once, or for a track that has ended: nothing holds it back."""
    loop = Loop(plays=False)
    loop.take_for(60, (FRAME, False))
    assert loop.values < 60 * 60 + 500


def test_sound_that_was_cleared_is_not_held_against_what_follows() -> None:
    loop = Loop()
    for _ in range(10):
        loop.take((10.0, False))
        loop.end = loop.now  # cleared, with nine seconds and a half to go
        loop.take_for(2, (FRAME, False))
    assert loop.rested == 0


def test_pictures_that_are_passed_over_to_make_up_for_time_do_not_rest() -> None:
    loop = Loop(plays=False)
    for _ in range(5000):
        loop.take((LEAST_PLAYED_S, False), cost_s=0.001)
    assert loop.rested == 0
