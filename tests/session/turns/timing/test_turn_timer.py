"""When what happened in a turn, on the virtual clock."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pytest

from gradio_webrtc import AdditionalOutputs, Reply, TurnTimings, current_reply
from gradio_webrtc.speech.recognition.recent_transcripts import RecentTranscripts
from gradio_webrtc.turns.detection.speech_events import TurnEnded
from gradio_webrtc.turns.timing.turn_calls import OnTurn
from gradio_webrtc.turns.timing.turn_timer import TurnTimer
from gradio_webrtc.turns.turn_events import (
    ReplyEnded,
    ReplyForgotten,
    ReplySpeculated,
    ReplyStarted,
)
from tests.support.fake_transport import FakeTransport
from tests.support.scripted_conversation import RATE, Replier, ScriptedReply, Talk, sounds

pytestmark = pytest.mark.looptime


def asked(talk: Talk, *, silence_s: float) -> None:
    """Let somebody have said something, whose end was found so much later."""
    said = np.full((1, 48_000), 7, np.int16)
    talk.listener.speech_s = 0.0
    talk.listener.hears(TurnEnded(said, 0.8, 1.0, silence_s=silence_s))


def into(turns: list[TurnTimings]) -> OnTurn:
    """Keep what is told; on the loop, as a thread knows no virtual time."""

    async def keep(timings: TurnTimings) -> None:
        turns.append(timings)

    return keep


async def thinking(audio: Any) -> AsyncIterator[Any]:
    """Recognise for 0.1 s, think for 0.2 s and synthesise for 0.3 s."""
    await asyncio.sleep(0.1)
    RecentTranscripts[str]().text_of(audio[1].ravel(), lambda: "what was said")
    yield AdditionalOutputs("what was said")
    await asyncio.sleep(0.2)
    current_reply().mark("first_token")
    current_reply().mark("searched")
    await asyncio.sleep(0.3)
    for chunk in sounds(4_000, 1.0):
        yield chunk


async def test_a_turn_that_is_heard_to_its_end() -> None:
    turns: list[TurnTimings] = []
    began = time.time()
    async with Talk(ScriptedReply(thinking, on_turn=into(turns))) as talk:
        asked(talk, silence_s=0.5)
        await talk.passes(3)
    (turn,) = turns
    assert turn.spoken
    assert turn.utterance_s == 1.0
    assert turn.decided_s == pytest.approx(0.5, abs=0.001)
    assert turn.transcribed_s == pytest.approx(0.6, abs=0.001)
    assert turn.first_token_s == pytest.approx(0.8, abs=0.001)
    assert turn.marks == {"searched": turn.first_token_s}
    assert turn.first_audio_s == pytest.approx(1.1, abs=0.001)
    assert turn.first_heard_s == pytest.approx(1.1, abs=0.021)
    assert turn.ended_s == pytest.approx(2.1, abs=0.1)
    assert not turn.interrupted
    assert turn.webrtc_id == talk.session.webrtc_id
    # The clock here is a virtual one; the wall's is not.
    assert began - 10 < turn.speech_ended_at < time.time() + 10


async def test_one_that_is_interrupted_while_it_is_heard_and_one_before_anything_is() -> None:
    turns: list[TurnTimings] = []
    handler = ScriptedReply(Replier(thinks=1.0), on_turn=into(turns))
    async with Talk(handler) as talk:
        asked(talk, silence_s=0.5)
        await talk.passes(1.6)
        await talk.speaks(0.8)
        asked(talk, silence_s=0.3)
        await talk.passes(0.5)
        talk.session.user_code().trigger_response()
        await talk.passes(0.1)
        assert [turn.interrupted for turn in turns] == [True, True]
        first, second = turns
        assert first.first_heard_s == pytest.approx(1.5, abs=0.021)
        assert first.first_token_s == first.first_audio_s == pytest.approx(1.5, abs=0.001)
        assert first.ended_s is not None
        assert first.ended_s > 2.2
        assert second.decided_s == pytest.approx(0.3, abs=0.001)
        assert second.first_audio_s is second.first_heard_s is None
        await talk.passes(1.5)
    third = turns[2]
    assert third.first_heard_s is not None
    assert third.ended_s is None, "the connection ended first"
    assert not third.interrupted


async def test_a_reply_to_nothing_said_is_timed_from_when_it_was_wanted() -> None:
    turns: list[TurnTimings] = []

    async def greet() -> AsyncIterator[Any]:
        for chunk in sounds(4_000, 0.4):
            yield chunk

    handler = ScriptedReply(Replier(), startup_fn=greet, on_turn=into(turns))
    async with Talk(handler) as talk:
        await talk.passes(1.0)
        assert len(turns) == 1
    assert not turns[0].spoken
    assert turns[0].decided_s == turns[0].utterance_s == 0.0
    assert turns[0].first_heard_s == pytest.approx(0.0, abs=0.1)


async def test_speech_that_is_not_answered_is_no_turn_nor_the_start_of_a_later_one() -> None:
    turns: list[TurnTimings] = []
    async with Talk(ScriptedReply(Replier(2.0), on_turn=into(turns))) as talk:
        await talk.asks(7)
        await talk.passes(0.5)
        await talk.speaks(0.2)
        await talk.pauses(8)
        await talk.passes(3.0)
        talk.session.user_code().trigger_response()
        await talk.passes(3.0)
    first, second = turns
    assert not first.interrupted
    assert first.spoken
    assert not second.spoken
    assert second.decided_s == 0.0


async def test_what_a_trigger_cuts_off_is_timed_from_there() -> None:
    turns: list[TurnTimings] = []
    handler = ScriptedReply(Replier(0.2), on_turn=into(turns))
    async with Talk(handler) as talk:
        await talk.speaks(0.8)
        talk.listener.said = np.full((1, 4_800), 7, np.int16)
        talk.session.user_code().trigger_response()
        await talk.passes(1.0)
    (turn,) = turns
    assert turn.spoken
    assert turn.utterance_s == pytest.approx(0.1)
    assert turn.decided_s == 0.0


async def test_a_reply_that_was_begun_in_the_pause_is_told_apart() -> None:
    loop, turns = asyncio.get_running_loop(), list[TurnTimings]()
    playback = FakeTransport()
    timer = TurnTimer("someone", playback, RATE, loop.time, turns.append, turns.append)
    said = np.full((1, RATE), 7, np.int16)
    forgotten, early, late = [Reply(lambda: 0.0, loop.time) for _ in range(3)]
    timer(ReplySpeculated(forgotten, said))
    timer(ReplyForgotten(forgotten))
    timer(ReplySpeculated(early, said))
    await asyncio.sleep(0.1)
    early.mark("transcribed")
    await asyncio.sleep(0.2)
    timer(TurnEnded(said, 0.8, 1.0, silence_s=0.5))
    timer(ReplyStarted(early, said))
    timer(ReplyEnded(interrupted=True))
    timer(TurnEnded(said, 0.8, 1.0, silence_s=0.5))
    timer(ReplyStarted(late, said))
    timer.close()
    timer.close()
    assert [turn.speculative for turn in turns] == [True, False]
    assert turns[0].decided_s == pytest.approx(0.5)
    assert turns[0].transcribed_s == pytest.approx(0.3), "before it was decided"


async def test_what_is_said_meanwhile_does_not_change_when_somebody_had_spoken() -> None:
    loop, turns = asyncio.get_running_loop(), list[TurnTimings]()
    timer = TurnTimer("someone", FakeTransport(), RATE, loop.time, turns.append, turns.append)
    said, nothing = np.full((1, RATE), 7, np.int16), np.zeros((1, 0), np.int16)
    timer(TurnEnded(said, 0.8, 1.0, silence_s=0.25))
    timer(ReplyStarted(Reply(lambda: 0.0, loop.time), nothing))
    timer(ReplyEnded(interrupted=False))
    await asyncio.sleep(2.75)
    timer(ReplyStarted(Reply(lambda: 0.0, loop.time), said))
    timer.close()
    assert [(turn.spoken, turn.decided_s) for turn in turns] == [
        (False, 0.0),
        (True, pytest.approx(3.0)),
    ]
