"""Conversations on a virtual clock: what is heard, told, dropped and called, to the millisecond."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pytest

from gradio_webrtc import InterruptionOptions, current_reply
from gradio_webrtc.session.state import CloseReason
from gradio_webrtc.turns.detection.speech_events import SpeechStarted
from tests.support.scripted_conversation import FIRST, SECOND, Replier, ScriptedReply, Talk, sounds
from tests.support.sessions import until

pytestmark = pytest.mark.looptime


async def test_a_conversation() -> None:
    fn = Replier(1.0)
    async with Talk(ScriptedReply(fn)) as talk:
        await talk.asks(7)
        await talk.passes(2)
        await talk.asks(8)
        await talk.passes(2)
        assert fn.asked == [7, 8]
        assert talk.transport.loud(FIRST - 50, FIRST + 50) == pytest.approx(1.0, abs=0.05)
        assert talk.transport.loud(SECOND - 50, SECOND + 50) == pytest.approx(1.0, abs=0.05)
        turn = ["started_talking", "pause_detected", "response_starting", "response_ended"]
        assert talk.logged == ["listening", *turn, *turn]
        assert [reply.heard_s for reply in fn.closed] == pytest.approx([1.0, 1.0], abs=0.02)
        assert [reply.ended for reply in fn.closed] == [True, True]
    assert talk.listener.closed == 1


async def test_an_interruption() -> None:
    fn = Replier()
    async with Talk(ScriptedReply(fn)) as talk:
        await talk.asks(7)
        await talk.passes(1)
        began = asyncio.get_running_loop().time()
        await talk.speaks(0.1)
        assert talk.transport.last_loud() - began < 0.06
        assert not fn.closed
        await talk.speaks(0.4)
        await until(lambda: fn.closed)
        (reply,) = fn.closed
        assert reply.interrupted
        assert reply.heard_s == pytest.approx(1.0, abs=0.1)
        assert talk.logged[-3:] == ["started_talking", "response_ended", "interrupted"]
        await talk.pauses(8)
        await talk.passes(1)
        assert fn.asked == [7, 8]
        assert talk.transport.loud(FIRST - 50, FIRST + 50) == pytest.approx(reply.heard_s, abs=0.05)
        assert talk.transport.loud(SECOND - 50, SECOND + 50) > 0.8


async def test_an_mm_hm() -> None:
    fn = Replier(2.0)
    async with Talk(ScriptedReply(fn)) as talk:
        await talk.asks(7)
        await talk.passes(1)
        await talk.speaks(0.2)
        await talk.pauses(8)
        await talk.passes(2)
        assert fn.asked == [7]
        assert fn.closed[0].heard_s == pytest.approx(2.0, abs=0.02)
        assert not fn.closed[0].interrupted
        assert talk.transport.loud(FIRST - 50, FIRST + 50) == pytest.approx(2.0, abs=0.1)
        # In one piece before, in one piece after, and silent in between.
        times = np.array([t for t, s in talk.transport.heard if np.abs(s).max() > 3_000])
        assert np.count_nonzero(np.diff(times) > 0.2) == 1
        assert talk.logged[4:] == ["started_talking", "response_starting", "response_ended"]


async def test_without_resuming_every_sound_interrupts() -> None:
    fn = Replier()
    at_once = InterruptionOptions(resume=False)
    async with Talk(ScriptedReply(fn, interruption=at_once)) as talk:
        await talk.asks(7)
        await talk.passes(1)
        await talk.speaks(0.04)
        assert "interrupted" in talk.logged
        await talk.pauses(8)
        await talk.passes(0.2)
        assert fn.asked == [7, 8]


async def test_speaking_again_while_the_reply_is_computed() -> None:
    fn = Replier(1.0, thinks=3.0)
    async with Talk(ScriptedReply(fn)) as talk:
        await talk.asks(7)
        await talk.passes(1)
        await talk.asks(8)
        assert [reply.interrupted for reply in fn.closed] == [True]
        await talk.passes(6)
        assert fn.asked == [7, 8]
        assert talk.transport.loud(FIRST - 50, FIRST + 50) == 0
        assert talk.transport.loud(SECOND - 50, SECOND + 50) == pytest.approx(1.0, abs=0.05)


async def test_sound_that_is_ready_while_somebody_says_mm_hm_waits() -> None:
    fn = Replier(1.0, thinks=0.5)
    async with Talk(ScriptedReply(fn)) as talk:
        await talk.asks(7)
        await talk.passes(0.4)
        began = asyncio.get_running_loop().time()
        await talk.speaks(0.3)
        assert not talk.transport.heard
        await talk.pauses()
        await talk.passes(2)
        assert talk.transport.heard[0][0] - began >= 0.3
        assert fn.asked == [7]
        assert fn.closed[0].heard_s == pytest.approx(1.0, abs=0.02)


async def test_long_turns_are_answered_in_parts() -> None:
    fn = Replier(3.0)
    async with Talk(ScriptedReply(fn)) as talk:
        await talk.speaks(2)
        await talk.pauses(7, paused=False)
        await talk.speaks(2)
        # The reply to the first part is heard, while the person goes on.
        assert talk.transport.loud(FIRST - 50, FIRST + 50) > 1.5
        await talk.pauses(8)
        await talk.passes(1)
        assert fn.asked == [7, 8]
        assert fn.closed[0].interrupted


class TestNoInterrupting:
    async def test_nothing_is_heard_before_the_reply_was_played(self) -> None:
        fn = Replier(2.0)
        async with Talk(ScriptedReply(fn, can_interrupt=False)) as talk:
            await talk.asks(7)
            heard = talk.listener.frames
            await talk.passes(1.9)
            assert talk.listener.frames == heard
            assert talk.listener.resets == 0
            await talk.passes(0.5)
            assert talk.listener.resets == 1
            assert talk.listener.frames > heard
            await talk.asks(8)
            await talk.passes(0.1)
            assert fn.asked == [7, 8]

    async def test_a_reply_that_is_asked_for_meanwhile_comes_afterwards(self) -> None:
        fn = Replier(1.0)
        handler = ScriptedReply(fn, can_interrupt=False)
        async with Talk(handler) as talk:
            await talk.asks(7)
            running = talk.session._handler._handler
            running.trigger_response()
            await talk.passes(0.9)
            assert fn.asked == [7]
            await talk.passes(0.5)
            assert fn.asked == [7, None]


class TestErrors:
    @pytest.mark.parametrize("yields", [0, 1])
    async def test_what_user_code_raises_ends_the_session(
        self, yields: int, caplog: pytest.LogCaptureFixture
    ) -> None:
        async def reply(audio: Any) -> AsyncIterator[Any]:
            for chunk in list(sounds(FIRST, 1))[:yields]:
                yield chunk
            raise ValueError("no such voice")

        async with Talk(ScriptedReply(reply)) as talk:
            await talk.asks()
            await until(lambda: talk.session.ending)
            assert talk.session.ending is not None
            assert talk.session.ending.reason is CloseReason.HANDLER_ERROR
            assert "no such voice" not in talk.session.ending.text
        assert "ValueError: no such voice" in caplog.text

    async def test_what_a_dropped_reply_raises_ends_nothing(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        async def reply(audio: Any) -> AsyncIterator[Any]:
            try:
                for chunk in sounds(FIRST, 5):
                    yield chunk
            finally:
                raise ValueError("while tidying up")

        async with Talk(ScriptedReply(reply)) as talk:
            await talk.asks()
            await talk.passes(1)
            await talk.speaks(1)
            await talk.passes(1)
            assert talk.session.ending is None
            await talk.pauses()
        assert "while tidying up" in caplog.text


async def test_current_reply_is_for_replies_only() -> None:
    with pytest.raises(RuntimeError, match="ReplyOnPause"):
        current_reply()


async def test_what_was_emitted_in_the_same_moment_as_the_interruption_is_not_played() -> None:
    """The pump may already hold the chunk when the person starts to speak."""
    gate = asyncio.Event()

    async def reply(audio: Any) -> AsyncIterator[Any]:
        await gate.wait()
        yield next(iter(sounds(FIRST, 0.1)))[0], np.full(48_000 * 3, FIRST, np.int16)

    at_once = InterruptionOptions(resume=False)
    for turns in range(12):
        gate.clear()
        async with Talk(ScriptedReply(reply, interruption=at_once)) as talk:
            await talk.asks()
            talk.listener.hears(SpeechStarted(9.0))
            gate.set()
            for _ in range(turns):
                await asyncio.sleep(0)
            await talk.passes(1)
            assert talk.transport.loud(FIRST - 50) < 0.15, turns
