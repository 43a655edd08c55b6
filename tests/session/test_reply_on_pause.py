"""Conversations on a virtual clock: what is heard, told, dropped and called, to the millisecond."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pytest

from gradio_webrtc import AdditionalOutputs, InterruptionOptions, Reply, WebRTCData, current_reply
from gradio_webrtc.errors import words_for
from gradio_webrtc.session.state import CloseReason
from gradio_webrtc.turns.events import SpeechStarted
from tests.support.conversing import ScriptedReply, Talk, sounds, value_of
from tests.support.sessions import settle, until

pytestmark = pytest.mark.looptime

FIRST, SECOND = 4_000, 8_000


class Replier:
    """Answers each call with five seconds of sound, the second one louder.

    Attributes:
        asked: what was said, one value for each call.
        closed: the replies whose generator was closed or came to its end.
    """

    def __init__(self, seconds: float = 5.0, thinks: float = 0.0) -> None:
        self.seconds = seconds
        self.thinks = thinks
        self.asked: list[int | None] = []
        self.closed: list[Reply] = []

    async def __call__(self, audio: Any) -> AsyncIterator[Any]:
        self.asked.append(value_of(audio))
        level = FIRST if len(self.asked) == 1 else SECOND
        try:
            await asyncio.sleep(self.thinks)
            for chunk in sounds(level, self.seconds):
                yield chunk
        finally:
            self.closed.append(current_reply())


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
    assert talk.ears.closed == 1


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


async def test_a_turn_while_the_function_waits_for_its_inputs() -> None:
    fn = Replier()

    async def with_input(audio: Any, voice: str) -> AsyncIterator[Any]:
        async for chunk in fn(audio):
            yield chunk

    async with Talk(ScriptedReply(with_input), needs_args=True) as talk:
        await talk.asks(7)
        assert len(talk.transport.sent("send_input")) == 1
        await talk.asks(8)
        assert fn.asked == []
        assert len(talk.transport.sent("send_input")) == 2
        talk.session.set_args(["deep"])
        await settle()
        assert fn.asked == [8]


async def test_inputs_are_asked_for_at_every_turn_and_are_those_of_that_moment() -> None:
    got: list[Any] = []

    async def reply(audio: Any, voice: str, speed: float = 1.0) -> None:
        got.append((voice, speed))

    async with Talk(ScriptedReply(reply), needs_args=True) as talk:
        for number in range(3):
            await talk.asks()
            assert len(got) == number
            talk.session.set_args([f"voice {number}", number])
            await talk.passes(0.1)
    assert got == [("voice 0", 0), ("voice 1", 1), ("voice 2", 2)]


async def test_what_nobody_asks_for_is_not_waited_for() -> None:
    got: list[Any] = []

    async def reply(audio: Any, history: tuple[Any, ...] = ()) -> None:
        got.append(history)

    async with Talk(ScriptedReply(reply)) as talk:
        await talk.asks()
        assert got == [()]


async def test_in_a_telephone_call_what_is_said_on_the_side_is_for_the_next_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    got: list[Any] = []

    async def reply(audio: Any, history: tuple[Any, ...] = ()) -> Any:
        got.append(history)
        return AdditionalOutputs((*history, len(got)))

    async with Talk(ScriptedReply(reply, needs_args=True), needs_args=True) as talk:
        talk.session.link.phone_mode = True
        talk.session._handler.inner._handler.phone_mode = True
        for _ in range(3):
            await talk.asks()
            await talk.passes(0.1)
    assert got == [(), (1,), (1, 2)]
    assert not talk.transport.sent("send_input")


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
            heard = talk.ears.frames
            await talk.passes(1.9)
            assert talk.ears.frames == heard
            assert talk.ears.resets == 0
            await talk.passes(0.5)
            assert talk.ears.resets == 1
            assert talk.ears.frames > heard
            await talk.asks(8)
            await talk.passes(0.1)
            assert fn.asked == [7, 8]

    async def test_a_reply_that_is_asked_for_meanwhile_comes_afterwards(self) -> None:
        fn = Replier(1.0)
        handler = ScriptedReply(fn, can_interrupt=False)
        async with Talk(handler) as talk:
            await talk.asks(7)
            running = talk.session._handler.inner._handler
            running.trigger_response()
            await talk.passes(0.9)
            assert fn.asked == [7]
            await talk.passes(0.5)
            assert fn.asked == [7, None]


class TestTriggering:
    async def test_with_nothing_said(self) -> None:
        fn = Replier()
        async with Talk(ScriptedReply(fn)) as talk:
            talk.session._handler.inner._handler.trigger_response()
            await talk.passes(0.1)
            assert fn.asked == [None]
            assert talk.logged == ["listening", "pause_detected", "response_starting"]

    async def test_with_what_has_been_said_so_far(self) -> None:
        fn = Replier()
        async with Talk(ScriptedReply(fn)) as talk:
            await talk.speaks(0.5)
            talk.ears.said = np.full((1, 99), 9, np.int16)
            talk.session._handler.inner._handler.trigger_response()
            await talk.passes(0.1)
            assert fn.asked == [9]

    async def test_during_a_reply(self) -> None:
        fn = Replier()
        async with Talk(ScriptedReply(fn)) as talk:
            await talk.asks(7)
            await talk.passes(1)
            talk.session._handler.inner._handler.trigger_response()
            await talk.passes(1)
            assert fn.asked == [7, None]
            assert fn.closed[0].interrupted
            assert talk.transport.loud(FIRST - 50, FIRST + 50) == pytest.approx(1.0, abs=0.1)


class TestComposer:
    async def test_a_text_is_replied_to_once_with_the_inputs_that_came_with_it(self) -> None:
        got: list[Any] = []

        async def reply(data: Any, voice: str) -> None:
            got.append((data.webrtc_id, data.textbox, data.audio[1].shape, voice))

        async with Talk(ScriptedReply(reply), needs_args=True, composer=True) as talk:
            talk.session.set_args([WebRTCData("a", "hello", number=1), "deep"])
            await talk.passes(0.1)
            assert got == [("a", "hello", (1, 0), "deep")]
            await talk.asks()
            talk.session.set_args(["high"])
            await talk.passes(0.1)
            assert got[1:] == [("a", "", (1, 4_800), "high")]

    async def test_a_function_without_inputs_gets_the_same_kind_of_value_from_the_start(
        self,
    ) -> None:
        got: list[Any] = []

        async def reply(data: Any) -> None:
            got.append((data.webrtc_id, data.textbox, data.audio[1].shape))

        async with Talk(ScriptedReply(reply), composer=True) as talk:
            await talk.asks()
            await talk.passes(0.1)
        assert got == [("a", "", (1, 4_800))]


class TestTheStart:
    async def test_the_startup_function_speaks_first(self) -> None:
        async def greet() -> AsyncIterator[Any]:
            for chunk in sounds(FIRST, 0.5):
                yield chunk

        fn = Replier()
        async with Talk(ScriptedReply(fn, greet)) as talk:
            await talk.passes(1)
            assert talk.transport.loud(FIRST - 50) == pytest.approx(0.5, abs=0.05)
            assert talk.logged == ["listening", "response_starting", "response_ended"]
            assert fn.asked == []

    async def test_it_gets_the_inputs_if_the_function_takes_some(self) -> None:
        got: list[Any] = []

        async def greet(name: str) -> None:
            got.append(name)

        async def silent_greet() -> None:
            got.append("nothing")

        async def reply(audio: Any, name: str) -> None:
            """Say nothing."""

        for greeting, expected in ((greet, "Ada"), (silent_greet, "nothing")):
            async with Talk(ScriptedReply(reply, greeting), needs_args=True) as talk:
                assert len(talk.transport.sent("send_input")) == 1
                talk.session.set_args(["Ada"])
                await talk.passes(0.1)
                assert got.pop() == expected


class TestErrors:
    @pytest.mark.parametrize("yields", [0, 1])
    async def test_what_user_code_raises_ends_the_session(self, yields: int) -> None:
        async def reply(audio: Any) -> AsyncIterator[Any]:
            for chunk in list(sounds(FIRST, 1))[:yields]:
                yield chunk
            raise ValueError("no such voice")

        async with Talk(ScriptedReply(reply)) as talk:
            await talk.asks()
            await until(lambda: talk.session.ending)
            assert talk.session.ending is not None
            assert talk.session.ending.reason is CloseReason.HANDLER_ERROR
            assert talk.session.ending.text == words_for(ValueError("no such voice"))

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
            talk.ears.hears(SpeechStarted(9.0))
            gate.set()
            for _ in range(turns):
                await asyncio.sleep(0)
            await talk.passes(1)
            assert talk.transport.loud(FIRST - 50) < 0.15, turns


class TestTurnDetector:
    class Judge:
        """Says what the test wants, and keeps what it was asked."""

        def __init__(self, *answers: float) -> None:
            self.answers = list(answers)
            self.asked: list[int] = []

        async def finished(self, utterance: tuple[int, np.ndarray]) -> float:
            self.asked.append(int(utterance[1][0, 0]))
            return self.answers.pop(0)

    async def test_who_is_only_thinking_may_go_on(self) -> None:
        fn, judge = Replier(1.0), self.Judge(0.1, 0.9)
        async with Talk(ScriptedReply(fn, turn_detector=judge)) as talk:
            await talk.asks(7)
            assert talk.ears.resumed == 1
            await talk.passes(1)
            assert fn.asked == []
            assert talk.logged == ["listening", "started_talking"]
            await talk.speaks(0.5)
            await talk.pauses(8)
            await talk.passes(0.1)
            assert fn.asked == [8]
        assert judge.asked == [7, 8]

    async def test_who_says_nothing_more_is_answered_after_the_longest_pause(self) -> None:
        fn = Replier(1.0)
        handler = ScriptedReply(fn, turn_detector=self.Judge(0.1), longest_pause_s=2.0)
        async with Talk(handler) as talk:
            await talk.asks(7)
            await talk.passes(1.8)
            assert fn.asked == []
            await talk.passes(0.4)
            assert fn.asked == [7]

    async def test_a_noise_in_a_reply_asks_nobody(self) -> None:
        fn, judge = Replier(2.0), self.Judge(0.9)
        async with Talk(ScriptedReply(fn, turn_detector=judge)) as talk:
            await talk.asks(7)
            await talk.passes(0.5)
            await talk.speaks(0.1)
            await talk.pauses(8)
            await talk.passes(0.2)
        assert judge.asked == [7]
        assert fn.asked == [7]

    async def test_a_reply_that_is_asked_for_meanwhile_answers_what_was_said(self) -> None:
        fn = Replier(1.0)
        gate = asyncio.Event()

        class Slow:
            async def finished(self, utterance: Any) -> float:
                await gate.wait()
                return 1.0

        async with Talk(ScriptedReply(fn, turn_detector=Slow(), turn_deadline_s=5.0)) as talk:
            await talk.asks(7)
            talk.session._handler.inner._handler.trigger_response()
            await settle()
            gate.set()
            await talk.passes(0.2)
            assert fn.asked == [7]
