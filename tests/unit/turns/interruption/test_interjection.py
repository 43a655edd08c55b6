"""One interjection: when its words are wanted, and whether it interrupts."""

from __future__ import annotations

import pytest

from gradio_webrtc.turns.interruption.interjection import MORE_S, PATIENCE_S, QUIET_S, Interjection

NEEDED = 0.6


def interjection(*, understands: bool = True) -> Interjection:
    return Interjection(NEEDED, understands=understands)


def understood(speech_s: float, ends: bool | None) -> Interjection:
    said = interjection()
    said.asked(speech_s)
    said.understood(ends)
    return said


def test_without_words_seconds_decide() -> None:
    said = interjection(understands=False)
    assert not said.wants_words(0.3, 1.0)
    assert not said.interrupts(0.59)
    assert said.interrupts(0.6)
    assert said.interrupts(0.6, over=True)


def test_words_are_wanted_at_a_short_pause_and_when_it_would_interrupt() -> None:
    said = interjection()
    assert not said.wants_words(0.3, 0.0)
    assert not said.wants_words(0.3, QUIET_S - 0.02)
    assert said.wants_words(0.3, QUIET_S)
    assert said.wants_words(0.6, 0.0)
    said.asked(0.3)
    assert not said.wants_words(0.7, QUIET_S), "one recognition at a time"
    said.understood(None)
    assert not said.wants_words(0.3, QUIET_S), "nothing new was said"
    assert said.wants_words(0.5, QUIET_S)
    assert said.wants_words(0.6, 0.0)


def test_a_stop_interrupts_however_short() -> None:
    said = understood(0.3, True)
    assert said.interrupts(0.3)
    assert said.interrupts(0.3, over=True)


def test_yes_does_not_interrupt_however_long() -> None:
    said = understood(0.7, False)
    assert not said.interrupts(0.7)
    assert not said.interrupts(0.7, over=True)
    assert not said.interrupts(0.7 + MORE_S - 0.05, over=True)


def test_more_than_yes_is_listened_to_again() -> None:
    said = understood(0.7, False)
    assert not said.wants_words(0.8, 0.0)
    assert said.wants_words(0.7 + MORE_S, 0.0)
    said.asked(0.7 + MORE_S)
    assert not said.interrupts(0.7 + MORE_S)
    said.understood(None)
    assert said.interrupts(0.7 + MORE_S)


@pytest.mark.parametrize("over", [False, True])
def test_where_words_say_nothing_seconds_decide(over: bool) -> None:
    assert not understood(0.4, None).interrupts(0.59, over=over)
    assert understood(0.6, None).interrupts(0.6, over=over)


def test_a_slow_recogniser_is_waited_for_while_somebody_speaks_on_but_not_for_long() -> None:
    said = interjection()
    said.asked(0.6)
    assert not said.interrupts(0.65)
    assert said.interrupts(0.6 + PATIENCE_S)
    assert said.interrupts(0.65, over=True), "as without words"
    assert not said.interrupts(0.5, over=True)
