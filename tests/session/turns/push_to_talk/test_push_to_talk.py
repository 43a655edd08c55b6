"""Conversations by a button, on a virtual clock, by the messages that clients send."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import numpy as np
import pytest

from gradio_webrtc import AlgoOptions, IdlePrompt
from gradio_webrtc.turns.push_to_talk.pressed_turns import OUTAGE_S
from tests.support.scripted_conversation import FIRST, Replier, ScriptedReply, Talk
from tests.support.sessions import marked, settle, until

pytestmark = pytest.mark.looptime

LOUD = 3_000


class Asked:
    """Answers with five seconds of sound; keeps how much it was told."""

    def __init__(self, seconds: float = 5.0) -> None:
        self.loud_s: list[float] = []
        self.replier = Replier(seconds)

    async def __call__(self, audio: tuple[int, np.ndarray]) -> Any:
        rate, samples = audio
        self.loud_s.append(np.count_nonzero(samples == LOUD) / rate)
        async for chunk in self.replier((rate, samples[:, :0])):
            yield chunk


def tell(talk: Talk, pressed: bool) -> None:
    data = "pressed" if pressed else "released"
    talk.session.on_message(json.dumps({"type": "push_to_talk", "data": data}))


async def sound(talk: Talk, seconds: float, level: int) -> None:
    for _ in range(round(seconds / 0.02)):
        talk.session.on_audio(marked(level))
        await asyncio.sleep(0.02)
    await settle()


async def press(talk: Talk, seconds: float, level: int = LOUD) -> None:
    """Hold the button and speak, as the page does it."""
    tell(talk, True)
    await sound(talk, seconds, level)
    tell(talk, False)
    await sound(talk, 0.1, 0)


async def test_a_turn_by_a_button() -> None:
    fn = Asked(1.0)
    async with Talk(ScriptedReply(fn)) as talk:
        tell(talk, False)
        await sound(talk, 1, 0)
        assert talk.listener.resets == 1, "the voice detector hears nothing from here on"
        heard = talk.listener.frames
        tell(talk, True)
        await settle()
        assert talk.logged == ["listening", "started_talking"], "without waiting for audio"
        await sound(talk, 1.5, LOUD)
        await sound(talk, 3, 150)
        assert not fn.loud_s, "no pause ends it"
        tell(talk, False)
        await sound(talk, 0.04, LOUD)
        began = asyncio.get_running_loop().time()
        await until(lambda: fn.loud_s)
        assert asyncio.get_running_loop().time() - began < 0.3
        assert fn.loud_s == pytest.approx([1.54])
        await sound(talk, 2, 0)
        assert talk.logged[2:] == ["pause_detected", "response_starting", "response_ended"]
        assert talk.listener.frames == heard


async def test_a_press_interrupts_a_reply_at_once_and_so_does_one_in_which_nothing_is_said() -> (
    None
):
    fn = Asked()
    async with Talk(ScriptedReply(fn)) as talk:
        await press(talk, 1)
        await sound(talk, 1, 0)
        assert talk.transport.loud(FIRST - 50, FIRST + 50) > 0.8
        tell(talk, True)
        await settle()
        assert talk.logged[-3:] == ["started_talking", "response_ended", "interrupted"]
        (reply,) = fn.replier.closed
        assert reply.interrupted
        tell(talk, False)
        await sound(talk, 0.3, 0)
        assert talk.logged[-1] == "listening"
        await sound(talk, 1, 0)
        assert len(fn.loud_s) == 1
        await press(talk, 0.5)
        assert fn.loud_s == pytest.approx([1.0, 0.5])


async def test_a_reply_that_cannot_be_interrupted_is_not() -> None:
    fn = Asked(1.0)
    async with Talk(ScriptedReply(fn, can_interrupt=False)) as talk:
        await press(talk, 0.5)
        await press(talk, 0.3)
        tell(talk, True)
        await sound(talk, 1.5, LOUD)  # held until it has ended, and on
        assert fn.replier.closed[0].heard_s == pytest.approx(1.0, abs=0.02)
        tell(talk, False)
        await sound(talk, 0.1, 0)
        assert len(fn.loud_s) == 2
        assert 0.5 < fn.loud_s[1] < 1.3


async def test_no_turn_detector_is_asked() -> None:
    class Never:
        def finished(self, utterance: Any) -> float:
            raise AssertionError("asked")

    fn = Asked(1.0)
    async with Talk(ScriptedReply(fn, turn_detector=Never())) as talk:
        await press(talk, 1)
        await until(lambda: fn.loud_s)


async def test_an_outage_while_it_is_held_ends_the_turn() -> None:
    fn = Asked(1.0)
    async with Talk(ScriptedReply(fn)) as talk:
        tell(talk, True)
        await sound(talk, 1, LOUD)
        began = asyncio.get_running_loop().time()
        await until(lambda: fn.loud_s)
        assert asyncio.get_running_loop().time() - began == pytest.approx(OUTAGE_S, abs=0.3)
        assert fn.loud_s == pytest.approx([1.0])


async def test_a_release_after_which_no_audio_comes_ends_it_too() -> None:
    fn = Asked(1.0)
    async with Talk(ScriptedReply(fn)) as talk:
        tell(talk, True)
        await sound(talk, 1, LOUD)
        tell(talk, False)
        began = asyncio.get_running_loop().time()
        await until(lambda: fn.loud_s)
        assert asyncio.get_running_loop().time() - began < 0.5


async def test_only_the_button_when_the_handler_says_so_and_in_a_page_that_left() -> None:
    fn = Asked(1.0)
    options = AlgoOptions(max_continuous_speech_s=2)
    handler = ScriptedReply(fn, push_to_talk=True, algo_options=options)
    async with Talk(handler) as talk:
        assert talk.listener.frames == 0
        await talk.asks(7)
        assert talk.listener.frames == 0
        await press(talk, 3)
        assert fn.loud_s == pytest.approx([2.0], abs=0.1)
        await sound(talk, 1, LOUD)
        tell(talk, True)
        await sound(talk, 0.5, LOUD)
    assert len(fn.loud_s) == 1


async def test_what_is_said_before_the_handler_has_started_counts() -> None:
    fn = Asked(1.0)
    talk = Talk(ScriptedReply(fn))
    tell(talk, True)
    async with talk:
        assert talk.logged[-1] == "started_talking"
        await sound(talk, 1, LOUD)
        tell(talk, False)
        await sound(talk, 0.1, 0)
        await until(lambda: fn.loud_s)


async def test_hostile_messages() -> None:
    fn = Asked(1.0)
    async with Talk(ScriptedReply(fn)) as talk:
        for data in (None, 1, "held", ["pressed"], {"pressed": True}):
            talk.session.on_message(json.dumps({"type": "push_to_talk", "data": data}))
        await settle()
        assert talk.listener.resets == 0
        (warning,) = [m for m in talk.transport.messages if m.type == "warning"]
        assert '"pressed" or "released"' in warning.data
        for _ in range(2_000):
            tell(talk, True)
            tell(talk, False)
        await sound(talk, 1, 0)
        assert talk.logged.count("started_talking") < 60
        assert talk.logged[-1] == "listening"
        assert not fn.loud_s


async def test_silence_with_a_button_is_prompted_too() -> None:
    counts: list[int] = []

    async def ask(count: int) -> None:
        counts.append(count)

    handler = ScriptedReply(Asked(1.0), idle=IdlePrompt(3, ask, most=1))
    async with Talk(handler) as talk:
        tell(talk, False)
        await sound(talk, 2, 0)
        await press(talk, 0.1)  # nothing is said, and the count starts over
        await sound(talk, 2.5, 0)
        assert not counts
        await sound(talk, 1, 0)
        assert counts == [1]
