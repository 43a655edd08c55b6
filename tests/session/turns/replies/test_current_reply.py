"""What a reply says that somebody heard of it: a real voice, on the virtual clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import numpy as np
import pytest

from gradio_webrtc import AlgoOptions, Reply, TurnTimings, current_reply, get_tts_model
from tests.support.loud_call import LoudCall
from tests.support.loudness_detector import SPEECH
from tests.support.scripted_conversation import RATE, ScriptedReply, Talk

pytestmark = pytest.mark.looptime

FIRST = "One moment, please."
SECOND = " I am looking for the seven largest lighthouses between Denmark and Portugal!"
TEXT = FIRST + SECOND


class Speaking:
    """Speaks with the built-in voice, and keeps what each reply knows of itself.

    Attributes:
        replies: all replies.
        at_close: the text that each had heard when its generator was closed.
    """

    def __init__(self, part: Callable[[np.ndarray], np.ndarray] = lambda samples: samples) -> None:
        self.part = part
        self.replies: list[Reply] = []
        self.at_close: list[str] = []

    async def __call__(self, audio: Any) -> AsyncIterator[Any]:
        self.replies.append(current_reply())
        try:
            await asyncio.sleep(0.5)
            # On the loop, as a thread knows no virtual time.
            for rate, samples in get_tts_model("espeak").stream_tts_sync(TEXT):
                yield rate, self.part(samples)
        finally:
            self.at_close.append(current_reply().heard_text)


def spoken_s(text: str) -> float:
    rate, samples = get_tts_model("espeak").tts(text)
    return samples.size / rate


def first_s() -> float:
    """How long the first sentence is, with the pause after it."""
    return spoken_s(TEXT) - spoken_s(SECOND)


async def until_heard(talk: Talk, seconds: float) -> None:
    """Let time pass until so much of a reply was played."""
    while talk.transport.played_s < seconds:
        await talk.passes(0.02)


async def test_one_that_is_interrupted_was_heard_to_that_word() -> None:
    speaking = Speaking()
    async with Talk(ScriptedReply(speaking)) as talk:
        await talk.asks(7)
        await until_heard(talk, first_s() + spoken_s(SECOND) / 2)
        await talk.speaks(0.8)
        reply, words = speaking.replies[0], SECOND.split()
        assert reply.interrupted
        heard = reply.heard_text
        assert speaking.at_close == [heard]
        assert heard.startswith(FIRST + " I am looking")
        assert TEXT.startswith(heard)
        assert abs(len(heard[len(FIRST) :].split()) - len(words) / 2) <= 1
        await talk.pauses(8)
        await talk.passes(1.0)
    assert reply.heard_text == heard, "it is what it was"
    assert reply.text == TEXT


async def test_one_that_is_played_to_its_end_was_heard_exactly_as_it_was_given() -> None:
    speaking = Speaking()
    async with Talk(ScriptedReply(speaking)) as talk:
        await talk.asks(7)
        await talk.passes(spoken_s(TEXT) + 2.0)
    assert speaking.replies[0].heard_text == TEXT
    assert not speaking.replies[0].interrupted


async def test_before_its_first_sound_nothing_was_heard() -> None:
    speaking = Speaking()
    async with Talk(ScriptedReply(speaking)) as talk:
        await talk.asks(7)
        await talk.passes(0.1)
        await talk.speaks(0.8)
    assert speaking.replies[0].heard_text == ""
    assert speaking.replies[0].heard_s == 0.0


async def test_one_whose_connection_ends_was_heard_as_far_as_it_was_played() -> None:
    speaking = Speaking()
    async with Talk(ScriptedReply(speaking)) as talk:
        await talk.asks(7)
        await until_heard(talk, first_s())
    reply = speaking.replies[0]
    assert reply.ended
    assert not reply.interrupted
    assert reply.heard_text == FIRST


async def test_what_a_page_had_not_played_yet_when_it_fell_silent_was_not_heard() -> None:
    texts = []
    for delay in (0.0, 0.6):
        speaking = Speaking()
        async with Talk(ScriptedReply(speaking)) as talk:
            talk.session.channel.playout_s = delay
            await talk.asks(7)
            await until_heard(talk, first_s() + 1.5)
            await talk.speaks(0.8)
        texts.append(speaking.replies[0].heard_text)
    assert texts[0].startswith(texts[1])
    assert 1 <= len(texts[0].split()) - len(texts[1].split()) <= 4


async def test_of_speech_that_is_yielded_in_part_a_whole_reply_has_said_all() -> None:
    """Nobody knows which words were left out; who leaves some out says what is spoken."""
    speaking = Speaking(lambda samples: samples[: samples.size // 2])
    async with Talk(ScriptedReply(speaking)) as talk:
        await talk.asks(7)
        await talk.passes(spoken_s(TEXT) + 2.0)
    assert speaking.replies[0].heard_text == TEXT


async def test_what_another_voice_speaks_is_what_the_author_says() -> None:
    replies: list[Reply] = []

    async def reply(audio: Any) -> AsyncIterator[Any]:
        replies.append(current_reply())
        for text in ("The first sentence.", "The second one is a little longer than that."):
            current_reply().speaking(text)
            for _ in text:
                await asyncio.sleep(0.01)
                yield RATE, np.full(RATE // 10, 4_000, np.int16)

    turns: list[TurnTimings] = []

    async def on_turn(turn: TurnTimings) -> None:
        turns.append(turn)

    async with Talk(ScriptedReply(reply, on_turn=on_turn)) as talk:
        await talk.asks(7)
        await until_heard(talk, 1.9 + 1.95)
        await talk.speaks(0.8)
    assert replies[0].heard_text == "The first sentence. The second one is a"
    assert turns[0].first_token_s is not None
    assert turns[0].first_token_s <= (turns[0].first_audio_s or 0.0)


async def test_one_that_was_begun_in_the_pause_was_heard_from_when_it_was_played() -> None:
    speaking = Speaking()
    options = {"speculative": True, "algo_options": AlgoOptions(silence_ms=500)}
    async with LoudCall(fn=speaking, **options) as talk:
        await talk.hears((0, 0.5), (SPEECH, 1.0))
        half = first_s() + spoken_s(SECOND) / 2
        await talk.until(lambda: talk.transport.played_s > half)
        await talk.hears((SPEECH, 1.5))
    (reply,) = speaking.replies
    assert reply.interrupted
    heard = reply.heard_text
    assert TEXT.startswith(heard)
    assert abs(len(heard[len(FIRST) :].split()) - len(SECOND.split()) / 2) <= 1.5
