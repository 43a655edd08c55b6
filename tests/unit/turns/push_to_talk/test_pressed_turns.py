"""Turns by a button: what belongs to a press, and when it has ended."""

from __future__ import annotations

import numpy as np
import pytest

from gradio_webrtc.media.audio.pcm import Int16Array
from gradio_webrtc.turns.detection.speech_events import (
    Heard,
    SpeechDropped,
    SpeechStarted,
    TurnEnded,
)
from gradio_webrtc.turns.push_to_talk.pressed_turns import (
    BEFORE_S,
    LONGEST_S,
    MAX_PENDING,
    OUTAGE_S,
    TAIL_S,
    PressedTurns,
)
from gradio_webrtc.turns.turn_machine import CONTINUED_S

RATE = 16_000
VOICE, ROOM, MUTED = 4_000, 100, 0


def audio(seconds: float, level: int, channels: int = 1) -> Int16Array:
    return np.full((channels, round(seconds * RATE)), level, np.int16)


class Person:
    """Speaks in pieces of 20 ms, and keeps what came of it."""

    def __init__(self, **options: float) -> None:
        self.turns = PressedTurns(RATE, 1, **options)
        self.told: list[Heard] = []

    def hears(self, seconds: float, level: int) -> None:
        for _ in range(round(seconds / 0.02)):
            self.told += self.turns.push(audio(0.02, level))

    def presses(self) -> None:
        self.turns.press()
        self.told += self.turns.push(audio(0, 0))

    def lets_go(self) -> None:
        self.turns.release()
        self.told += self.turns.push(audio(0, 0))

    @property
    def kinds(self) -> list[type[Heard]]:
        return [type(event) for event in self.told]

    @property
    def said(self) -> float:
        (ended,) = [event for event in self.told if isinstance(event, TurnEnded)]
        return int(np.count_nonzero(np.abs(ended.utterance) > 50)) / RATE


def test_nothing_without_the_button() -> None:
    person = Person()
    person.hears(5, VOICE)
    person.lets_go()
    assert person.told == []
    assert person.turns.silence_left_s is None


def test_a_press_begins_at_once_and_ends_when_the_microphone_is_silent() -> None:
    person = Person()
    person.hears(1, MUTED)
    person.presses()
    assert person.kinds == [SpeechStarted]
    person.hears(1, VOICE)
    person.hears(2, ROOM)  # no pause ends it
    assert person.turns.talking
    person.lets_go()
    assert not person.turns.talking
    assert person.kinds == [SpeechStarted]
    person.hears(0.1, VOICE)  # what was on its way
    person.hears(0.06, MUTED)
    assert person.kinds == [SpeechStarted, TurnEnded]
    assert person.said == pytest.approx(3.1)
    ended = person.told[-1]
    assert isinstance(ended, TurnEnded)
    assert (ended.final, ended.paused) == (True, True)
    assert ended.silence_s == pytest.approx(0.16)


def test_a_microphone_that_goes_on_ends_it_a_moment_later() -> None:
    person = Person()
    person.presses()
    person.hears(1, VOICE)
    person.lets_go()
    person.hears(0.24, ROOM)
    assert person.kinds == [SpeechStarted]
    assert person.turns.silence_left_s == pytest.approx(TAIL_S - 0.24)
    person.hears(0.02, ROOM)
    assert person.kinds == [SpeechStarted, TurnEnded]
    person.hears(5, VOICE)
    assert person.kinds == [SpeechStarted, TurnEnded]


def test_so_does_one_that_sends_nothing_more() -> None:
    person = Person()
    person.presses()
    person.hears(1, VOICE)
    person.lets_go()
    assert person.turns.absent(0.2) == []
    (ended,) = person.turns.absent(0.1)
    assert isinstance(ended, TurnEnded)


def test_audio_that_came_before_its_message_belongs_to_it() -> None:
    person = Person()
    person.hears(1, VOICE)
    person.hears(0.1, MUTED)
    person.hears(0.2, VOICE)
    person.presses()
    person.hears(0.2, VOICE)
    person.lets_go()
    person.hears(0.06, MUTED)
    assert person.said == pytest.approx(0.4)
    late = Person()
    late.hears(1, VOICE)
    late.presses()
    late.hears(0.2, VOICE)
    late.lets_go()
    late.hears(0.06, MUTED)
    assert late.said == pytest.approx(0.2 + BEFORE_S, abs=0.02)


@pytest.mark.parametrize(("seconds", "level"), [(0.1, VOICE), (2, ROOM), (1, MUTED), (0, VOICE)])
def test_a_press_in_which_nothing_was_said_is_nothing(seconds: float, level: int) -> None:
    person = Person()
    person.presses()
    person.hears(seconds, level)
    person.lets_go()
    person.hears(0.3, MUTED)
    assert person.kinds == [SpeechStarted, SpeechDropped]


def test_a_press_soon_after_another_goes_on_with_nothing() -> None:
    person = Person()
    for _ in range(2):
        person.presses()
        person.hears(1, VOICE)
        person.lets_go()
    person.hears(0.06, MUTED)
    assert person.kinds == [SpeechStarted, TurnEnded, SpeechStarted, TurnEnded]
    _, ended, started, _ = person.told
    assert started.time - ended.time >= CONTINUED_S


def test_both_in_one_moment() -> None:
    person = Person()
    person.turns.press()
    person.turns.release()
    person.turns.press()
    person.hears(0.5, VOICE)
    assert person.kinds == [SpeechStarted, SpeechDropped, SpeechStarted]
    assert person.turns.talking


def test_an_outage_ends_it_and_audio_that_returns_begins_anew() -> None:
    person = Person()
    person.presses()
    person.hears(1, VOICE)
    assert person.turns.absent(OUTAGE_S - 0.1) == []
    person.hears(0.02, VOICE)
    assert person.turns.silence_left_s == OUTAGE_S
    person.told += person.turns.absent(OUTAGE_S)
    assert person.turns.silence_left_s is None
    assert person.kinds == [SpeechStarted, TurnEnded]
    person.hears(0.5, VOICE)
    person.lets_go()
    person.hears(0.06, MUTED)
    assert person.kinds == [SpeechStarted, TurnEnded] * 2


def test_a_button_that_is_stuck_and_the_longest_turn() -> None:
    for options, longest in (({"longest_s": 5.0}, 5.0), ({}, LONGEST_S)):
        person = Person(**options)
        person.presses()
        person.hears(longest + 3, VOICE)
        assert person.kinds == [SpeechStarted, TurnEnded]
        assert person.said == pytest.approx(longest, abs=0.02)
        person.lets_go()
        person.presses()
        assert person.kinds[2:] == [SpeechStarted]


def test_what_says_press_again_and_again_is_bounded() -> None:
    turns = PressedTurns(RATE, 1)
    for _ in range(1_000):
        turns.press()
        turns.press()
        turns.release()
    assert len(turns.push(audio(0.02, VOICE))) <= MAX_PENDING + 2


def test_it_can_be_ended_and_forgotten_otherwise() -> None:
    person = Person()
    assert person.turns.end_turn() is None
    person.presses()
    person.hears(1, VOICE)
    ended = person.turns.end_turn()
    assert ended is not None
    assert ended.utterance.shape == (1, RATE)
    person.hears(1, VOICE)  # the button is still held
    assert person.kinds == [SpeechStarted]
    person.lets_go()
    person.presses()
    person.turns.reset()
    assert person.turns.silence_left_s is None
    person.hears(0.02, VOICE)  # held since before
    assert person.kinds == [SpeechStarted] * 3
    person.turns.drop_speech()
    (dropped,) = person.turns.push(audio(0, 0))
    assert isinstance(dropped, SpeechDropped)


def test_what_was_said_of_a_turn_can_be_heard_while_it_goes_on() -> None:
    person = Person()
    assert person.turns.turn_so_far().shape == (1, 0)
    person.presses()
    person.hears(0.4, VOICE)
    assert person.turns.turn_so_far().shape == (1, round(0.4 * RATE))
    assert person.turns.turn_so_far(RATE // 10).shape == (1, round(0.3 * RATE))
    person.lets_go()
    person.hears(0.3, MUTED)
    assert person.turns.turn_so_far().shape == (1, 0)
