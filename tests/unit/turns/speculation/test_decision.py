"""When a reply may be begun early: by the pauses of a turn, a limited number of times."""

from __future__ import annotations

import pytest

from gradio_webrtc.turns.detection.speech_events import Pause
from gradio_webrtc.turns.speculation.decision import Speculation
from gradio_webrtc.turns.speculation.options import SpeculationOptions


def pause(since: float, seconds: float, *, uncertain: bool = False) -> Pause:
    def turn() -> None:
        raise AssertionError("what was said is not looked at")

    return Pause(since, seconds, uncertain, turn)  # type: ignore[arg-type]  # as above


def test_a_pause_is_tried_once_when_it_is_long_enough() -> None:
    decides = Speculation(SpeculationOptions(after_ms=160))
    assert decides.due_in(pause(1.0, 0.1)) == pytest.approx(0.06)
    assert not decides.tries(pause(1.0, 0.1))
    assert decides.tries(pause(1.0, 0.17))
    assert not decides.tries(pause(1.0, 0.2))
    assert decides.due_in(pause(1.0, 0.2)) is None
    assert decides.tries(pause(2.0, 0.16))


def test_what_may_be_speech_is_waited_for() -> None:
    decides = Speculation(SpeculationOptions())
    assert not decides.tries(pause(1.0, 0.2, uncertain=True))
    assert decides.due_in(pause(1.0, 0.2, uncertain=True)) is None
    assert decides.tries(pause(1.0, 0.23))


def test_one_turn_has_a_limited_number_of_replies_and_the_next_one_as_many() -> None:
    decides = Speculation(SpeculationOptions(most_per_turn=2))
    decides.turn_began()
    for number in range(2):
        assert decides.tries(pause(number, 1.0))
        decides.reply_began()
    assert not decides.tries(pause(3, 1.0))
    assert decides.due_in(pause(3, 0.0)) is None
    decides.turn_began()
    assert decides.tries(pause(4, 1.0))


def test_pauses_that_lead_to_no_reply_do_not_count() -> None:
    decides = Speculation(SpeculationOptions(most_per_turn=1))
    assert all(decides.tries(pause(number, 1.0)) for number in range(5))


def test_nothing_is_tried_without_a_turn_or_an_author_who_wants_it() -> None:
    assert not Speculation(None).tries(pause(1.0, 9.0))
    assert Speculation(None).due_in(pause(1.0, 9.0)) is None
    decides = Speculation(SpeculationOptions())
    assert decides.due_in(None) is None
