"""Subclasses of ``ReplyOnStopWords`` that replace its published steps."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
import pytest

from gradio_webrtc import ReplyOnStopWords
from gradio_webrtc.handlers.adapters.as_handler import as_handler
from gradio_webrtc.turns.app_state import ReplyOnStopWordsState
from gradio_webrtc.turns.stop_words.stop_word_listener import StopWordListener
from tests.support.synthetic_speech import chunks, joined, say, silence
from tests.unit.handlers.conftest import FakeLink

pytestmark = pytest.mark.asyncio

RATE = 16_000
asked: list[float] = []


def reply(audio: tuple[int, np.ndarray]) -> Any:
    asked.append(audio[1].shape[1] / audio[0])
    return RATE, np.full((1, 320), 9_000, np.int16)


class Anything(ReplyOnStopWords):
    """Takes whatever was understood for the stop word."""

    texts: list[str] = []  # noqa: RUF012

    def stop_word_detected(self, text):
        self.texts.append(text)
        return bool(text)


async def test_text_is_searched_for_whole_words():
    handler = ReplyOnStopWords(reply, ["computer", "hello iris"])
    assert handler.stop_word_detected("Say, COMPUTER: are you there?")
    assert handler.stop_word_detected("hello, Iris!")
    assert not handler.stop_word_detected("two computers")
    assert not handler.stop_word_detected("hello to iris")
    assert isinstance(handler.copy().state, ReplyOnStopWordsState)


async def test_by_default_words_are_listened_for_and_not_transcribed():
    handler = ReplyOnStopWords(reply, ["computer"])
    handler._webrtc.link = FakeLink(asyncio.get_running_loop())
    listener = handler._make_turn_listener()
    assert isinstance(listener, StopWordListener)
    await listener.aclose()


async def test_a_subclass_decides_what_a_stop_word_is(monkeypatch):
    monkeypatch.setenv("GRADIO_WEBRTC_STT", "sphinx")
    asked.clear()
    link = FakeLink(asyncio.get_running_loop())
    prototype = Anything(reply, ["computer"], input_sample_rate=RATE)
    handler = as_handler(prototype, mode="send-receive", modality="audio")()
    await handler.start(link)
    first = joined(say("good morning everybody", "en-us", RATE), silence(1.2, RATE))
    question = joined(say("what is the time", "en-us", RATE), silence(1.3, RATE))
    for chunk in chunks(joined(silence(0.6, RATE), first, question), RATE):
        await handler.receive_audio((RATE, chunk))
    emitted = await asyncio.wait_for(handler.emit("audio"), 10)
    assert emitted.audio is not None
    await handler.aclose()
    assert link.stopwords[0] == ""
    assert any(Anything.texts)
    said = asked[0]
    assert said < first.size / RATE + question.size / RATE
