"""Conversations on a virtual clock in which words decide whether a reply was interrupted."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from gradio_webrtc import InterruptionOptions
from tests.support.scripted_conversation import FIRST, Replier, ScriptedReply, Talk
from tests.support.sessions import until

pytestmark = pytest.mark.looptime


class Recognises:
    """Says what the test wants."""

    def __init__(self, text: str, takes: float = 0.05) -> None:
        self.text = text
        self.takes = takes
        self.asked = 0

    async def stt(self, audio: Any) -> str:
        self.asked += 1
        await asyncio.sleep(self.takes)
        if self.text == "fail":
            raise OSError("gone")
        return self.text


def answering(stt: Any, fn: Any = None, **options: Any) -> ScriptedReply:
    options.setdefault("words", "en")
    chosen = InterruptionOptions(stt=stt, **options)
    return ScriptedReply(fn or Replier(3.0), interruption=chosen)


async def say_into(talk: Talk, seconds: float) -> None:
    """Speak into the first reply, a second after it began."""
    await talk.asks(7)
    await talk.passes(1)
    await talk.speaks(seconds)


async def test_a_short_stop_ends_the_reply_and_is_answered() -> None:
    fn, stt = Replier(3.0), Recognises("Stop.")
    async with Talk(answering(stt, fn)) as talk:
        await say_into(talk, 0.2)
        talk.listener.quiet_s = 0.14
        await talk.passes(0.1)
        await until(lambda: fn.closed)
        assert fn.closed[0].interrupted
        assert "interrupted" in talk.logged, "before the turn is over"
        talk.listener.quiet_s = 0.0
        await talk.pauses(8)
        await talk.passes(0.5)
        assert fn.asked == [7, 8]
    assert stt.asked == 1


async def test_a_long_yes_lets_the_reply_go_on() -> None:
    fn = Replier(3.0)
    async with Talk(answering(Recognises("Yes, yes, okay."), fn)) as talk:
        await say_into(talk, 0.8)
        await talk.pauses(8)
        await talk.passes(4)
        assert fn.asked == [7]
        assert not fn.closed[0].interrupted
        assert talk.transport.loud(FIRST - 50, FIRST + 50) == pytest.approx(3.0, abs=0.1)


async def test_without_words_it_would_have_ended() -> None:
    fn = Replier(3.0)
    async with Talk(answering(None, fn, words=None)) as talk:
        await say_into(talk, 0.8)
        await talk.pauses(8)
        await talk.passes(1)
        assert fn.asked == [7, 8]


@pytest.mark.parametrize("text", ["A mem home", "", "fail"])
async def test_where_words_say_nothing_seconds_decide(text: str) -> None:
    fn = Replier(3.0)
    async with Talk(answering(Recognises(text), fn)) as talk:
        await say_into(talk, 0.2)
        talk.listener.quiet_s = 0.14
        await talk.passes(0.1)
        talk.listener.quiet_s = 0.0
        await talk.pauses(8)
        assert not talk.transport.held
        await talk.speaks(0.8)
        await until(lambda: fn.closed)
        assert fn.closed[0].interrupted
        await talk.pauses(9)
        await talk.passes(0.5)
        assert fn.asked == [7, 9]


async def test_a_reply_is_not_held_for_a_slow_recogniser_and_ends_when_it_has_understood() -> None:
    fn = Replier(5.0)
    async with Talk(answering(Recognises("Stop.", takes=1.0), fn)) as talk:
        await say_into(talk, 0.2)
        talk.listener.quiet_s = 0.14
        await talk.passes(0.02)
        talk.listener.quiet_s = 0.0
        await talk.pauses(8)
        assert not talk.transport.held
        assert not fn.closed
        await talk.passes(1.2)
        assert fn.closed[0].interrupted
        assert fn.asked == [7, 8]


async def test_one_that_hangs_changes_nothing() -> None:
    fn = Replier(5.0)
    async with Talk(answering(Recognises("Stop.", takes=10_000), fn)) as talk:
        await say_into(talk, 0.2)
        talk.listener.quiet_s = 0.14
        await talk.passes(0.02)
        talk.listener.quiet_s = 0.0
        await talk.pauses(8)
        assert not talk.transport.held
        await talk.speaks(1.2)
        await until(lambda: fn.closed)
        await talk.pauses(9)
        await talk.passes(0.5)
        assert fn.asked == [7, 9]


async def test_a_function_of_the_author_decides_and_what_it_raises_is_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    texts: list[str] = []

    async def judge(text: str) -> bool | None:
        texts.append(text)
        if len(texts) > 1:
            raise ValueError("no idea")
        return False

    fn = Replier(5.0)
    async with Talk(answering(Recognises("Whatever."), fn, words=judge)) as talk:
        await say_into(talk, 0.7)
        await talk.pauses(8)
        assert not fn.closed
        for value in (9, 10):
            await talk.passes(0.3)
            await talk.speaks(0.8)
            await talk.pauses(value)
        await talk.passes(0.5)
        assert fn.asked == [7, 9, 10]
    assert texts[:2] == ["Whatever."] * 2
    assert sum("judges words failed" in record.message for record in caplog.records) == 1
