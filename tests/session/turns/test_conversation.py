"""When the function of a reply is called, and with what, on a virtual clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pytest

from gradio_webrtc import AdditionalOutputs, WebRTCData
from tests.support.scripted_conversation import FIRST, Replier, ScriptedReply, Talk, sounds
from tests.support.sessions import settle

pytestmark = pytest.mark.looptime


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

    handler = ScriptedReply(reply, needs_args=True)
    async with Talk(handler, needs_args=True, phone_mode=True) as talk:
        for _ in range(3):
            await talk.asks()
            await talk.passes(0.1)
    assert got == [(), (1,), (1, 2)]
    assert not talk.transport.sent("send_input")


class TestTriggering:
    async def test_with_nothing_said(self) -> None:
        fn = Replier()
        async with Talk(ScriptedReply(fn)) as talk:
            talk.session._handler._handler.trigger_response()
            await talk.passes(0.1)
            assert fn.asked == [None]
            assert talk.logged == ["listening", "pause_detected", "response_starting"]

    async def test_with_what_has_been_said_so_far(self) -> None:
        fn = Replier()
        async with Talk(ScriptedReply(fn)) as talk:
            await talk.speaks(0.5)
            talk.listener.said = np.full((1, 99), 9, np.int16)
            talk.session._handler._handler.trigger_response()
            await talk.passes(0.1)
            assert fn.asked == [9]

    async def test_during_a_reply(self) -> None:
        fn = Replier()
        async with Talk(ScriptedReply(fn)) as talk:
            await talk.asks(7)
            await talk.passes(1)
            talk.session._handler._handler.trigger_response()
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


class TestTurnDetector:
    class ScriptedDetector:
        """Says what the test wants, and keeps what it was asked."""

        def __init__(self, *answers: float) -> None:
            self.answers = list(answers)
            self.asked: list[int] = []

        async def finished(self, utterance: tuple[int, np.ndarray]) -> float:
            self.asked.append(int(utterance[1][0, 0]))
            return self.answers.pop(0)

    async def test_who_is_only_thinking_may_go_on(self) -> None:
        fn, detector = Replier(1.0), self.ScriptedDetector(0.1, 0.9)
        async with Talk(ScriptedReply(fn, turn_detector=detector)) as talk:
            await talk.asks(7)
            assert talk.listener.resumed == 1
            await talk.passes(1)
            assert fn.asked == []
            assert talk.logged == ["listening", "started_talking"]
            await talk.speaks(0.5)
            await talk.pauses(8)
            await talk.passes(0.1)
            assert fn.asked == [8]
        assert detector.asked == [7, 8]

    async def test_who_says_nothing_more_is_answered_after_the_longest_pause(self) -> None:
        fn = Replier(1.0)
        handler = ScriptedReply(fn, turn_detector=self.ScriptedDetector(0.1), longest_pause_s=2.0)
        async with Talk(handler) as talk:
            await talk.asks(7)
            await talk.passes(1.8)
            assert fn.asked == []
            await talk.passes(0.4)
            assert fn.asked == [7]

    async def test_a_noise_in_a_reply_asks_nobody(self) -> None:
        fn, detector = Replier(2.0), self.ScriptedDetector(0.9)
        async with Talk(ScriptedReply(fn, turn_detector=detector)) as talk:
            await talk.asks(7)
            await talk.passes(0.5)
            await talk.speaks(0.1)
            await talk.pauses(8)
            await talk.passes(0.2)
        assert detector.asked == [7]
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
            talk.session._handler._handler.trigger_response()
            await settle()
            gate.set()
            await talk.passes(0.2)
            assert fn.asked == [7]
