"""Scripted callers for real: over WebRTC, a websocket, and the telephone."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from gradio_webrtc import ReplyOnPause, Stream
from gradio_webrtc.client.connecting import Way
from gradio_webrtc.testing import Caller, NoReplyError, call, perform, phone
from tests.support.client_server import address_of
from tests.support.synthetic_speech import say
from tests.support.voice_client import tones

QUESTION = (48_000, say("What is the capital of France?"))


def answer(audio):
    yield from tones(1.0)


async def talk(caller: Caller) -> None:
    await caller.say(QUESTION)
    reply = await caller.expect_reply(within_s=30)
    assert 0.7 < reply.ended_s - reply.began_s < 3
    spectrum = np.abs(np.fft.rfft(reply.audio))
    assert abs(spectrum.argmax() * reply.sample_rate / reply.audio.size - 500) < 20


@pytest.mark.parametrize("by", ["webrtc", "websocket"])
async def test_a_running_app_is_called_over_a_network(by: Way):
    stream = Stream(ReplyOnPause(answer), modality="audio")
    async with address_of(stream) as url, call(url, by=by) as caller:
        await talk(caller)
        with pytest.raises(NoReplyError):
            await caller.expect_reply(within_s=0.1)


async def test_a_running_app_is_telephoned():
    stream = Stream(ReplyOnPause(answer), modality="audio")
    async with address_of(stream) as url, phone(f"{url}/telephone/incoming") as caller:
        await talk(caller)
        await caller.press("1")
        await caller.hang_up()
        assert caller.call.ending is not None


async def test_a_plain_function_performs_a_script():
    async def greet(caller: Caller) -> bool:
        return caller.call.ending is None

    async with address_of(Stream(ReplyOnPause(answer), modality="audio")) as url:
        assert await asyncio.to_thread(perform, url, greet)
