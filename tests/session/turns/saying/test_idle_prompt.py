"""Speaking up when nobody does, on a virtual clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pytest

from gradio_webrtc import ConfigurationError, IdlePrompt
from gradio_webrtc.session.state import CloseReason
from tests.session.turns.saying.test_saying import handler_of, said, sound
from tests.support.scripted_conversation import Replier, ScriptedReply, Talk

pytestmark = pytest.mark.looptime


def now() -> float:
    return asyncio.get_running_loop().time()


class Prompts:
    """Says 0.2 s each time; knows when."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.counts: list[int] = []

    async def __call__(self, count: int) -> tuple[int, np.ndarray]:
        self.counts.append(count)
        self.times.append(now())
        return sound(0.2)


@pytest.fixture
def prompts() -> Prompts:
    return Prompts()


async def test_it_prompts_so_often_and_starts_over_when_the_person_speaks(
    prompts: Prompts,
) -> None:
    fn = Replier(1.0)
    handler = ScriptedReply(fn, idle=IdlePrompt(8, prompts, most=2))
    async with Talk(handler) as talk:
        began = now()
        await talk.passes(30)
        assert prompts.counts == [1, 2]
        assert prompts.times[0] - began == pytest.approx(8, abs=0.2)
        assert prompts.times[1] - prompts.times[0] == pytest.approx(8.2, abs=0.2)
        await talk.asks(7)
        answered = now()
        await talk.passes(12)
        assert fn.asked == [7]
        assert prompts.counts == [1, 2, 1]
        # A second of reply, and then the silence.
        assert prompts.times[2] - answered == pytest.approx(9, abs=0.2)
        assert said(talk) == pytest.approx(0.6, abs=0.1)


async def test_neither_speech_nor_a_reply_is_silence(prompts: Prompts) -> None:
    async with Talk(ScriptedReply(Replier(20), idle=IdlePrompt(2, prompts))) as talk:
        await talk.speaks(5)
        await talk.pauses(7)
        await talk.passes(15)
        assert not prompts.counts
        await talk.passes(8)
        assert prompts.counts == [1]


async def test_a_microphone_that_sends_nothing_is_silent_too(prompts: Prompts) -> None:
    async with Talk(ScriptedReply(Replier(), idle=IdlePrompt(8, prompts))):
        await asyncio.sleep(9)
        assert prompts.counts == [1]


async def test_a_short_yes_into_the_prompt_starts_the_count_over(prompts: Prompts) -> None:
    handler = ScriptedReply(Replier(), idle=IdlePrompt(1, prompts, most=1))
    async with Talk(handler) as talk:
        await talk.passes(0.95)
        await talk.speaks(0.1)
        await talk.pauses(7)
        await talk.passes(2)
        assert prompts.counts == [1, 1]


async def test_what_the_app_says_meanwhile_counts_as_no_silence(prompts: Prompts) -> None:
    async with Talk(ScriptedReply(Replier(), idle=IdlePrompt(2, prompts))) as talk:
        await talk.passes(1.5)
        await handler_of(talk).say(sound(1))
        await talk.passes(1.5)
        assert not prompts.counts
        await talk.passes(1)
        assert prompts.counts == [1]


async def test_it_hangs_up_when_nobody_answers() -> None:
    async def ask(count: int) -> AsyncIterator[Any]:
        yield sound(0.2 * count)

    handler = ScriptedReply(Replier(), idle=IdlePrompt(2, ask, most=2, hang_up="Goodbye."))
    async with Talk(handler) as talk:
        await talk.passes(8)
        assert said(talk) == pytest.approx(0.6, abs=0.1)
        assert talk.session.ending is not None
        assert talk.session.ending.reason is CloseReason.HANDLER_FINISHED
        assert talk.session.ending.text == "Goodbye."


async def test_a_function_may_have_nothing_to_say() -> None:
    counts: list[int] = []

    async def ask(count: int) -> None:
        counts.append(count)

    async with Talk(ScriptedReply(Replier(), idle=IdlePrompt(2, ask))) as talk:
        await talk.passes(8)
        assert counts == [1, 2]
        assert said(talk) == 0


@pytest.mark.parametrize(
    "options",
    [
        {"after_s": 0},
        {"after_s": "8"},
        {"after_s": float("inf")},
        {"most": 0},
        {"most": True},
        {"what": 3},
        {"what": (n for n in ())},
        {"what": lambda: "no count"},
        {"hang_up": 1},
        {"tts": "espeak"},
    ],
)
async def test_values_that_cannot_work(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        IdlePrompt(**options)
    with pytest.raises(ConfigurationError, match="idle must be"):
        ScriptedReply(Replier(), idle=8)  # type: ignore[arg-type]
