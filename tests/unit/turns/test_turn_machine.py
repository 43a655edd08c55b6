"""Every state and every event of turn taking, without a clock."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradio_webrtc.turns.options import InterruptionOptions
from gradio_webrtc.turns.turn_machine import Action, Do, ReplyPhase, Tell, TurnMachine

few = settings(max_examples=60, deadline=None, derandomize=True)

STARTED, PAUSE = Tell("started_talking"), Tell("pause_detected")
STARTING, ENDED, INTERRUPTED = (
    Tell("response_starting"),
    Tell("response_ended"),
    Tell("interrupted"),
)
ANSWER = [PAUSE, Do.ANSWER]
DROPPED = [Do.DROP_REPLY, ENDED, INTERRUPTED]


def machine(min_speech_s: float = 0.6, *, resume: bool = True, **options: bool) -> TurnMachine:
    return TurnMachine(InterruptionOptions(min_speech_s, resume), **options)


def thinking(**options: bool) -> TurnMachine:
    """A reply has been called."""
    one = machine(**options)
    one.speech_started(0.0)
    one.turn_ended(1.0, 1.0, paused=True)
    assert one.phase is ReplyPhase.THINKING
    return one


def replying(**options: bool) -> TurnMachine:
    """A reply is heard."""
    one = thinking(**options)
    assert one.reply_sounded() == [STARTING]
    return one


def test_a_turn_is_answered() -> None:
    one = machine()
    assert one.speech_started(0.5) == [STARTED]
    assert one.speaking
    assert one.speech_goes_on(5.0) == []
    assert one.turn_ended(0.3, 1.0, paused=True) == ANSWER  # however short
    assert not one.speaking
    assert one.reply_sounded() == [STARTING]
    assert one.reply_ended() == [ENDED]
    assert one.phase is ReplyPhase.NONE


def test_a_reply_without_sound_still_starts_and_ends() -> None:
    assert thinking().reply_ended() == [STARTING, ENDED]


def test_speech_makes_a_reply_pause_and_enough_of_it_ends_it() -> None:
    one = replying()
    assert one.speech_started(2.0) == [Do.HOLD, STARTED]
    assert one.held
    assert one.speech_goes_on(0.59) == []
    assert one.speech_goes_on(0.6) == DROPPED
    assert not one.held
    assert one.speech_goes_on(0.9) == []
    assert one.turn_ended(1.5, 4.0, paused=True) == ANSWER


def test_too_little_speech_lets_the_reply_go_on_and_is_not_answered() -> None:
    one = replying()
    one.speech_started(2.0)
    assert one.turn_ended(0.4, 3.0, paused=True) == [Do.RELEASE, STARTING]
    assert not one.held
    assert not one.speaking
    assert one.phase is ReplyPhase.SOUNDING
    assert one.reply_ended() == [ENDED]


def test_enough_speech_that_is_noticed_only_at_its_end() -> None:
    one = replying()
    one.speech_started(2.0)
    assert one.turn_ended(0.7, 3.0, paused=True) == [*DROPPED, *ANSWER]


@pytest.mark.parametrize("options", [InterruptionOptions(0.0), InterruptionOptions(resume=False)])
def test_every_start_of_speech_ends_a_reply_if_it_shall(options: InterruptionOptions) -> None:
    one = TurnMachine(options)
    one.speech_started(0.0)
    one.turn_ended(1.0, 1.0, paused=True)
    one.reply_sounded()
    assert one.speech_started(2.0) == [Do.HOLD, STARTED, *DROPPED]
    assert one.turn_ended(0.2, 2.5, paused=True) == ANSWER


def test_words_end_a_reply_before_the_seconds_do() -> None:
    one = replying(understands=True)
    one.speech_started(3.0)
    one.interjection.asked(0.3)
    assert one.understood(one.interjection, True) == DROPPED
    assert one.turn_ended(0.3, 3.5, paused=True) == ANSWER


def test_words_let_a_reply_go_on_that_the_seconds_would_end() -> None:
    one = replying(understands=True)
    one.speech_started(3.0)
    one.interjection.asked(0.7)
    assert one.speech_goes_on(0.7) == []
    assert one.understood(one.interjection, False) == []
    assert one.speech_goes_on(0.8) == []
    assert one.turn_ended(0.8, 4.0, paused=True) == [Do.RELEASE, STARTING]


def test_words_that_are_understood_late_end_the_reply_that_went_on_and_are_answered() -> None:
    one = replying(understands=True)
    one.speech_started(3.0)
    one.interjection.asked(0.3)
    said = one.interjection
    assert one.turn_ended(0.3, 3.5, paused=True) == [Do.RELEASE, STARTING]
    assert one.understood(said, True) == [*DROPPED, *ANSWER]
    assert one.understood(said, True) == []


def test_words_of_an_earlier_interjection_or_to_a_reply_that_is_over_change_nothing() -> None:
    one = replying(understands=True)
    one.speech_started(3.0)
    early = one.interjection
    early.asked(0.3)
    one.turn_ended(0.3, 3.5, paused=True)
    one.speech_started(5.0)
    assert one.understood(early, True) == []
    late = one.interjection
    late.asked(0.3)
    one.turn_ended(0.3, 5.5, paused=True)
    one.reply_ended()
    assert one.understood(late, True) == []


def test_speech_while_a_reply_is_computed() -> None:
    one = thinking()
    assert one.speech_started(2.0) == [Do.HOLD, STARTED]
    assert one.speech_goes_on(1.0) == DROPPED
    assert one.turn_ended(1.0, 3.0, paused=True) == ANSWER


def test_a_noise_while_a_reply_is_computed() -> None:
    one = thinking()
    one.speech_started(2.0)
    assert one.turn_ended(0.3, 3.0, paused=True) == [Do.RELEASE, PAUSE]
    assert one.reply_sounded() == [STARTING]


def test_a_first_sound_that_comes_while_somebody_speaks_is_told_of_when_it_is_heard() -> None:
    one = thinking()
    one.speech_started(2.0)
    assert one.reply_sounded() == []
    assert one.turn_ended(0.3, 3.0, paused=True) == [Do.RELEASE, STARTING]


def test_a_reply_that_is_over_before_it_is_known_what_the_speech_was() -> None:
    one = replying()
    one.speech_started(2.0)
    assert one.reply_ended() == [Do.RELEASE, ENDED, STARTED]
    assert one.turn_ended(0.3, 3.0, paused=True) == ANSWER


def test_who_may_not_interrupt_is_not_heard_until_the_reply_was_played() -> None:
    one = thinking(can_interrupt=False)
    assert one.ignores_speech
    assert one.speech_started(2.0) == []
    assert one.turn_ended(1.0, 3.0, paused=True) == []
    one.reply_sounded()
    assert one.ignores_speech
    assert one.reply_ended() == [ENDED, Do.FORGET]
    assert not one.ignores_speech
    assert one.speech_started(9.0) == [STARTED]
    with pytest.raises(RuntimeError, match="cannot be interrupted"):
        thinking(can_interrupt=False).triggered(None)


def test_a_reply_to_nobody_can_be_interrupted_like_any_other() -> None:
    one = machine()
    one.reply_began()
    assert one.reply_sounded() == [STARTING]
    assert one.speech_started(1.0) == [Do.HOLD, STARTED]
    assert one.speech_goes_on(0.7) == DROPPED
    ignoring = machine(can_interrupt=False)
    ignoring.reply_began()
    assert ignoring.ignores_speech


class TestTheLongestTurn:
    def test_going_on_speaking_does_not_interrupt_the_reply_to_the_first_part(self) -> None:
        one = machine()
        one.speech_started(0.0)
        assert one.turn_ended(5.0, 5.0, paused=False) == ANSWER
        assert one.speech_started(5.1) == []
        assert one.speech_goes_on(3.0) == []
        assert one.reply_sounded() == [STARTING]
        # The second part is answered, and the reply to the first one makes way for that.
        assert one.turn_ended(5.0, 10.0, paused=False) == [*DROPPED, *ANSWER]

    def test_speaking_again_later_does(self) -> None:
        one = machine()
        one.speech_started(0.0)
        one.turn_ended(5.0, 5.0, paused=False)
        assert one.speech_started(6.0) == [Do.HOLD, STARTED]

    def test_a_reply_that_ends_meanwhile(self) -> None:
        one = machine()
        one.speech_started(0.0)
        one.turn_ended(5.0, 5.0, paused=False)
        one.speech_started(5.1)
        assert one.reply_ended() == [STARTING, ENDED, STARTED]
        assert one.turn_ended(1.0, 7.0, paused=True) == ANSWER


class TestAskingADetector:
    def test_finished(self) -> None:
        one = machine(has_turn_detector=True)
        one.speech_started(0.0)
        assert one.turn_ended(1.0, 1.0, paused=True) == [Do.ASK_TURN_DETECTOR]
        assert one.end_of_turn_pending
        assert one.end_of_turn_decided(True) == ANSWER
        assert not one.end_of_turn_pending

    def test_thinking(self) -> None:
        one = machine(has_turn_detector=True)
        one.speech_started(0.0)
        one.turn_ended(1.0, 1.0, paused=True)
        assert one.end_of_turn_decided(False) == [Do.RESUME_TURN]
        assert one.speaking
        assert one.turn_ended(2.0, 3.0, paused=True) == [Do.ASK_TURN_DETECTOR]

    def test_nobody_is_asked_about_a_turn_that_was_cut_off(self) -> None:
        one = machine(has_turn_detector=True)
        one.speech_started(0.0)
        assert one.turn_ended(5.0, 5.0, paused=False) == ANSWER

    def test_an_answer_that_comes_after_the_turn_was_ended_otherwise(self) -> None:
        one = machine(has_turn_detector=True)
        one.speech_started(0.0)
        one.turn_ended(1.0, 1.0, paused=True)
        assert one.triggered(None) == ANSWER
        assert one.end_of_turn_decided(True) == []
        assert one.end_of_turn_decided(False) == []

    def test_an_interruption_is_dropped_first_and_a_noise_asks_nobody(self) -> None:
        one = machine(has_turn_detector=True)
        one.speech_started(0.0)
        one.turn_ended(1.0, 1.0, paused=True)
        one.end_of_turn_decided(True)
        one.speech_started(2.0)
        assert one.turn_ended(0.2, 2.5, paused=True) == [Do.RELEASE, PAUSE]
        one.speech_started(3.0)
        assert one.turn_ended(1.0, 4.0, paused=True) == [*DROPPED, Do.ASK_TURN_DETECTOR]


class TestTriggering:
    def test_with_nothing_said(self) -> None:
        assert machine().triggered(None) == ANSWER

    def test_during_a_reply(self) -> None:
        assert replying().triggered(None) == [*DROPPED, *ANSWER]

    def test_while_somebody_speaks_into_a_reply(self) -> None:
        one = replying()
        one.speech_started(2.0)
        assert one.triggered(2.5) == [*DROPPED, *ANSWER]
        assert not one.held
        # Who was speaking may finish the sentence.
        assert one.speech_started(2.6) == []


class Owner:
    """Does what the machine wants, as far as it makes sense."""

    def __init__(self, one: TurnMachine) -> None:
        self.machine = one
        self.held = self.running = self.in_turn = False
        self.now = 0.0

    def possible(self) -> dict[str, Callable[[], list[Action]]]:
        """Return what may happen next."""
        one, now = self.machine, self.now
        events: dict[str, Callable[[], list[Action]]] = {}
        if self.in_turn and not one.end_of_turn_pending:
            events["more"] = lambda: one.speech_goes_on(1.0)
            events["noise"] = lambda: one.turn_ended(0.1, now, paused=True)
            events["end"] = lambda: one.turn_ended(1.0, now, paused=True)
            events["cut"] = lambda: one.turn_ended(1.0, now, paused=False)
        elif not self.in_turn:
            events["start"] = lambda: one.speech_started(now)
        if one.phase is ReplyPhase.THINKING:
            events["sound"] = one.reply_sounded
        if self.running:
            events["over"] = one.reply_ended
        if not one.ignores_speech:
            events["trigger"] = lambda: one.triggered(now)
        if one.end_of_turn_pending:
            events["yes"] = lambda: one.end_of_turn_decided(True)
            events["no"] = lambda: one.end_of_turn_decided(False)
        return events

    def happens(self, event: str) -> None:
        """Let one thing happen and carry out what follows."""
        act = self.possible()[event]
        ignoring = self.machine.ignores_speech
        actions = act()
        if event == "start":
            self.in_turn = not ignoring
        elif event in ("noise", "end", "cut", "trigger"):
            self.in_turn = False
        elif event == "over":
            self.running = False
        for action in actions:
            self.carry_out(action)
        assert self.machine.held == self.held
        assert (self.machine.phase is not ReplyPhase.NONE) == self.running
        assert not (self.held and not self.machine.speaking)

    def carry_out(self, action: Action) -> None:
        """Check that it is possible."""
        if action is Do.HOLD:
            assert self.running
            assert not self.held
            self.held = True
        elif action is Do.RELEASE:
            assert self.held
            self.held = False
        elif action is Do.DROP_REPLY:
            assert self.running
            self.running = self.held = False
        elif action is Do.ANSWER:
            assert not self.running
            assert not self.held
            self.running = True
        elif action is Do.RESUME_TURN:
            self.in_turn = True
        elif action is Do.FORGET:
            self.in_turn = False


@few
@given(st.data(), st.booleans(), st.booleans())
def test_what_is_wanted_always_makes_sense(
    data: st.DataObject, can_interrupt: bool, asks: bool
) -> None:
    """Replies never overlap, and what is held is released or dropped."""
    owner = Owner(machine(can_interrupt=can_interrupt, has_turn_detector=asks))
    for _ in range(30):
        owner.now += 1.0
        owner.happens(data.draw(st.sampled_from(sorted(owner.possible()))))
