"""What an observer of a conversation is told, in which order."""

from __future__ import annotations

from typing import Any

import pytest

from gradio_webrtc.turns.detection.speech_events import SpeechStarted, TurnEnded
from gradio_webrtc.turns.turn_events import (
    EndOfTurnJudged,
    ReplyEnded,
    ReplyHeld,
    ReplyResumed,
    ReplySounded,
    ReplyStarted,
    TurnEvent,
    TurnObserver,
)
from tests.support.scripted_conversation import Replier, ScriptedReply, Talk

pytestmark = pytest.mark.looptime


class Observed(ScriptedReply):
    """Keeps what it is told."""

    def __init__(self, fn: Any, told: list[TurnEvent], **options: Any) -> None:
        super().__init__(fn, **options)
        self.told = told

    def _turn_observers(self) -> list[TurnObserver]:
        return [*super()._turn_observers(), self.told.append]


async def test_a_reply_that_is_held_and_goes_on_to_its_end() -> None:
    told: list[TurnEvent] = []
    async with Talk(Observed(Replier(2.0), told)) as talk:
        await talk.asks(7)
        await talk.passes(1)
        await talk.speaks(0.2)
        await talk.pauses(8)
        await talk.passes(2)
    kinds = [type(event) for event in told]
    asked = [SpeechStarted, TurnEnded, ReplyStarted, ReplySounded]
    assert kinds == [*asked, SpeechStarted, ReplyHeld, TurnEnded, ReplyResumed, ReplyEnded]
    (started,) = [event for event in told if isinstance(event, ReplyStarted)]
    assert started.utterance.flat[0] == 7
    assert started.reply.ended
    assert told[-1] == ReplyEnded(interrupted=False)


async def test_a_reply_that_is_interrupted() -> None:
    told: list[TurnEvent] = []
    async with Talk(Observed(Replier(), told)) as talk:
        await talk.asks(7)
        await talk.passes(1)
        await talk.speaks(0.8)
        assert told[-2:] == [ReplyHeld(), ReplyEnded(interrupted=True)]


async def test_a_turn_detector_is_asked_in_between() -> None:
    class Never:
        def finished(self, utterance: Any) -> float:
            return 0.0

    told: list[TurnEvent] = []
    handler = Observed(Replier(), told, turn_detector=Never(), longest_pause_s=0.5)
    async with Talk(handler) as talk:
        await talk.asks(7)
        await talk.passes(1)
    assert told[2] == EndOfTurnJudged(False)
    assert isinstance(told[3], ReplyStarted)


async def test_a_greeting_replies_to_nothing_said() -> None:
    told: list[TurnEvent] = []
    async with Talk(Observed(Replier(), told, startup_fn=lambda: None)) as talk:
        await talk.passes(0.1)
    assert isinstance(told[0], ReplyStarted)
    assert told[0].utterance.shape == (1, 0)
