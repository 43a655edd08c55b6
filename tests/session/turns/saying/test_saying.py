"""What an app says of its own accord in conversations on a virtual clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pytest

from gradio_webrtc import (
    AdditionalOutputs,
    ConfigurationError,
    SessionClosedError,
    SpeechRefusedError,
    SpeechResult,
    current_reply,
)
from gradio_webrtc.turns.saying.speech_queue import MAX_WAITING
from tests.support.scripted_conversation import RATE, Replier, ScriptedReply, Talk
from tests.support.sessions import outputs_of, until

pytestmark = pytest.mark.looptime

SAYS = 12_000
"""How loud it is what the tests say, unlike replies."""


def handler_of(talk: Talk) -> ScriptedReply:
    handler = talk.session.user_code()
    assert isinstance(handler, ScriptedReply)
    return handler


def said(talk: Talk) -> float:
    """Return the seconds that were heard of what the tests say."""
    return talk.transport.loud(SAYS - 50, SAYS + 50)


def sound(seconds: float) -> tuple[int, np.ndarray]:
    return RATE, np.full(round(RATE * seconds), SAYS, np.int16)


async def test_the_page_is_told() -> None:
    async with Talk(ScriptedReply(Replier())) as talk:
        handle = handler_of(talk).say(sound(1))
        assert not handle.ended
        assert await handle == SpeechResult("played", pytest.approx(1.0, abs=0.02))
        assert said(talk) == pytest.approx(1.0, abs=0.05)
        assert talk.logged == ["listening", "response_starting", "response_ended"]


async def test_audio_generators_and_functions_are_said_and_outputs_delivered() -> None:
    async def later() -> AsyncIterator[Any]:
        yield AdditionalOutputs(current_reply().heard_s)
        yield sound(0.2), AdditionalOutputs("two")

    async def one() -> Any:
        return sound(0.2)

    async with Talk(ScriptedReply(Replier())) as talk:
        for what in (sound(0.2), one, later, later(), AdditionalOutputs("alone")):
            assert (await handler_of(talk).say(what)).outcome == "played"
        assert said(talk) == pytest.approx(0.8, abs=0.15)
        outputs = outputs_of(talk.session)
        read = outputs.read()
        told = [(await anext(read)).args for _ in range(len(outputs))]
        assert told == [(0.0,), ("two",), (0.0,), ("two",), ("alone",)]


async def test_it_waits_for_the_next_silence_and_several_are_said_in_order() -> None:
    fn = Replier(1.0)
    async with Talk(ScriptedReply(fn)) as talk:
        await talk.speaks(0.5)
        first = handler_of(talk).say(sound(0.5))
        second = handler_of(talk).say(sound(0.5))
        await talk.pauses(7)
        await talk.passes(0.8)
        assert said(talk) == 0
        await talk.passes(0.6)
        assert fn.asked == [7]
        assert not first.ended
        await until(lambda: first.ended)
        assert not second.ended
        await until(lambda: second.ended)
        assert said(talk) == pytest.approx(1.0, abs=0.1)


async def test_now_interrupts_the_reply_that_goes_on_and_comes_before_what_waits() -> None:
    fn = Replier()
    async with Talk(ScriptedReply(fn)) as talk:
        await talk.asks(7)
        await talk.passes(1)
        waits = handler_of(talk).say(sound(0.3))
        now = handler_of(talk).say(sound(0.3), when="now")
        await talk.passes(0.4)
        assert (now.ended, waits.ended) == (True, False)
        (reply,) = fn.closed
        assert reply.interrupted
        # The person has not spoken, so the page does not show it.
        cut = ["response_ended", "interrupted", "listening", "response_starting", "response_ended"]
        assert talk.logged[4:9] == cut
        assert (await waits).outcome == "played"
        again = handler_of(talk).say(sound(1), when="now")
        await talk.passes(0.5)
        handler_of(talk).say(sound(0.1), when="now")
        assert await again == SpeechResult("interrupted", pytest.approx(0.5, abs=0.05))


async def test_now_waits_for_a_reply_that_nothing_interrupts() -> None:
    fn = Replier(1.0)
    async with Talk(ScriptedReply(fn, can_interrupt=False)) as talk:
        await talk.asks(7)
        await talk.passes(0.3)
        handle = handler_of(talk).say(sound(0.3), when="now")
        handle.cancel()
        assert (await handle).reason == "cancelled"
        handle = handler_of(talk).say(sound(0.3), when="now")
        await handle
        assert fn.closed[0].heard_s == pytest.approx(1.0, abs=0.02)
        assert not fn.closed[0].interrupted


async def test_unless_spoken_is_dropped_when_the_person_speaks_first() -> None:
    fn = Replier(1.0)
    async with Talk(ScriptedReply(fn)) as talk:
        await talk.asks(7)
        await talk.passes(0.3)
        unanswered, always = (
            handler_of(talk).say(sound(0.2), when=when)
            for when in ("unless_spoken", "next_silence")
        )
        await talk.speaks(0.1)  # an "mm-hm" into the reply is none
        await talk.pauses(8)
        assert not unanswered.ended
        await talk.speaks(0.8)
        assert await unanswered == SpeechResult("dropped", reason="spoken_first")
        assert not always.ended
        handler_of(talk).trigger_response()
        typed = handler_of(talk).say(sound(0.2), when="unless_spoken")
        assert (await typed).reason == "spoken_first"
        assert (await always).outcome == "played"
        quiet = handler_of(talk).say(sound(0.2), when="unless_spoken")
        assert (await quiet).outcome == "played"


async def test_the_person_speaks_into_it_and_is_answered() -> None:
    fn = Replier(1.0)
    async with Talk(ScriptedReply(fn)) as talk:
        handle = handler_of(talk).say(sound(5))
        await talk.passes(1)
        await talk.speaks(0.1)
        assert not handle.ended
        await talk.pauses()
        await talk.passes(0.5)  # it was held, and goes on
        assert not handle.ended
        await talk.asks(9)
        assert await handle == SpeechResult("interrupted", pytest.approx(1.55, abs=0.15))
        assert fn.asked == [9]


async def test_now_while_the_person_speaks_ends_with_their_turn() -> None:
    class Slow:
        async def finished(self, utterance: Any) -> float:
            await asyncio.sleep(0.2)
            return 1.0

    fn = Replier(1.0)
    async with Talk(ScriptedReply(fn, turn_detector=Slow())) as talk:
        await talk.speaks(0.5)
        over_them = handler_of(talk).say(sound(5), when="now")
        await talk.passes(0.3)
        assert talk.logged[-1] == "response_starting"
        await talk.pauses(7)
        assert (await over_them).outcome == "interrupted"
        await talk.passes(1.5)
        await talk.speaks(0.5)
        await talk.pauses(8)
        # Begun while it is decided whether they have finished.
        undecided = handler_of(talk).say(sound(5), when="now")
        assert (await undecided).outcome == "interrupted"
        await talk.passes(0.5)
        assert fn.asked == [7, 8]


async def test_cancelling() -> None:
    async with Talk(ScriptedReply(Replier())) as talk:
        handler = handler_of(talk)
        playing, waiting = handler.say(sound(5)), handler.say(sound(5))
        await talk.passes(1)
        waiting.cancel()
        playing.cancel()
        assert await waiting == SpeechResult("dropped", reason="cancelled")
        assert await playing == SpeechResult("interrupted", pytest.approx(1.0, abs=0.05))
        await talk.passes(0.2)
        assert talk.logged[-3:] == ["response_ended", "interrupted", "listening"]
        playing.cancel()


async def test_too_many_are_refused_and_the_session_takes_them_along() -> None:
    async with Talk(ScriptedReply(Replier())) as talk:
        handler = handler_of(talk)
        playing = handler.say(sound(5))
        await talk.passes(1)
        waiting = [handler.say(sound(5)) for _ in range(MAX_WAITING)]
        with pytest.raises(SpeechRefusedError, match="16 wait to be said"):
            handler.say(sound(5))
    assert await playing == SpeechResult("interrupted", pytest.approx(1.0, abs=0.05))
    assert {(await each).reason for each in waiting} == {"session_ended"}
    with pytest.raises(SessionClosedError):
        handler.say("more")


async def test_what_the_authors_code_raises_reaches_who_asked_and_ends_the_session() -> None:
    async def broken() -> AsyncIterator[Any]:
        yield sound(0.1)
        raise ValueError("no voice")

    async with Talk(ScriptedReply(Replier())) as talk:
        handle = handler_of(talk).say(broken)
        with pytest.raises(ValueError, match="no voice"):
            await handle
        await until(lambda: talk.session.ending is not None)


async def test_what_cannot_be_said_is_refused_at_once() -> None:
    async with Talk(ScriptedReply(Replier())) as talk:
        handler = handler_of(talk)
        with pytest.raises(ConfigurationError, match="when must be"):
            handler.say("text", when="later")  # type: ignore[arg-type]
        with pytest.raises(ConfigurationError, match="say\\(\\) takes a text"):
            handler.say(3)  # type: ignore[arg-type]


async def test_before_the_greeting_is_over_it_waits() -> None:
    greeting = Replier(1.0)

    async def welcome() -> AsyncIterator[Any]:
        async for chunk in greeting((RATE, np.zeros((1, 0), np.int16))):
            yield chunk

    async with Talk(ScriptedReply(Replier(), startup_fn=welcome)) as talk:
        handle = handler_of(talk).say(sound(0.2), when="unless_spoken")
        await talk.passes(0.5)
        assert said(talk) == 0
        assert (await handle).outcome == "played"
