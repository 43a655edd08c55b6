"""Whole talks with apps in this process, on a virtual clock, in plain test functions."""

from __future__ import annotations

import numpy as np
import pytest

from gradio_webrtc import (
    AdditionalOutputs,
    CloseStream,
    ReplyOnPause,
    Stream,
    StreamHandler,
    get_stt_model,
    get_tts_model,
)
from gradio_webrtc.client import CallEndedError
from gradio_webrtc.testing import Caller, rehearse
from tests.support.echo_handlers import AsyncEchoHandler, EchoHandler


@pytest.fixture(autouse=True)
def best_engines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that a user's test would get."""
    monkeypatch.delenv("GRADIO_WEBRTC_STT")
    monkeypatch.delenv("GRADIO_WEBRTC_TTS")


def tell_the_time(audio):
    yield AdditionalOutputs("asked", get_stt_model().stt(audio))
    yield from get_tts_model().stream_tts_sync("It is five. And the weather is fine today.")


def test_a_talk_of_many_seconds():
    async def script(caller: Caller) -> float:
        await caller.expect_silence(1)
        await caller.say("What time is it?")
        reply = await caller.expect_reply("weather", within_s=2)
        assert 0 < reply.delay_s < 2
        assert reply.audio.size == pytest.approx(
            (reply.ended_s - reply.began_s) * reply.sample_rate, rel=0.01
        )
        _, text = await caller.expect_output(lambda value: value[0] == "asked")
        assert "time" in text.lower()
        await caller.expect_silence(20)
        await caller.say("And now?")
        assert await caller.interrupt("Stop it, please!") < 1.5
        following = await caller.expect_reply(within_s=3)
        assert 0 < following.delay_s < 3
        assert following.ended_s - following.began_s > 1
        return caller.now_s

    # In real time it would take as long; how much less it takes is the machine's affair.
    assert rehearse(ReplyOnPause(tell_the_time), script) > 30


@pytest.mark.parametrize("handler", [EchoHandler, AsyncEchoHandler])
def test_handlers_that_wait_on_a_thread_or_in_a_coroutine_are_heard(handler: type):
    tone = np.round(8_000 * np.sin(np.arange(24_000) / 10)).astype(np.int16)

    async def script(caller: Caller) -> None:
        began = caller.now_s
        await caller.say((24_000, tone))
        assert (await caller.expect_reply()).delay_s < 0.1  # while it is said, or just then
        await caller.expect_silence(8)
        assert caller.now_s - began > 8

    rehearse(handler(), script)


def test_a_stream_with_its_inputs_and_its_end():
    class Counting(AsyncEchoHandler):
        async def emit(self):
            await self.wait_for_args()
            if self.latest_args[1:] == [9]:
                return CloseStream("Enough.")
            return AdditionalOutputs(*self.latest_args[1:])

        def copy(self):
            return Counting()

    async def script(caller: Caller) -> None:
        assert await caller.expect_output((7,)) == (7,)
        await caller.call.set_input(9)  # type: ignore[attr-defined]
        with pytest.raises(CallEndedError, match="handler_finished"):
            await caller.say((8_000, np.zeros(80_000, np.int16)))
        await caller.hang_up()

    stream = Stream(Counting(), modality="audio", concurrency_limit=1)
    rehearse(stream, script, inputs=[7])
    rehearse(stream, script, inputs=[7])  # its place is free again


def test_keys_of_a_telephone_reach_the_app():
    class Keys(StreamHandler):
        def receive(self, frame) -> None:
            pass

        def emit(self):
            return None

        def on_dtmf(self, digit: str) -> None:
            self.send_message_sync(digit)

        def copy(self):
            return Keys()

    async def script(caller: Caller) -> None:
        await caller.press("4#")
        for key in "4#":
            await caller.call.messages.first(lambda message, key=key: message.text == key)

    rehearse(Keys(), script)
