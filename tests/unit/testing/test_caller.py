"""What a caller says when something is not as expected."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pytest

from gradio_webrtc import AdditionalOutputs, AsyncStreamHandler
from gradio_webrtc.testing import (
    Caller,
    NoOutputError,
    NoReplyError,
    NotInterruptedError,
    NotSilentError,
    WrongReplyError,
    rehearse,
)

RATE = 8_000
QUESTION = (RATE, np.full(RATE // 2, 3_000, np.int16))


class Ears:
    def stt(self, audio: Any) -> str:
        return "Good evening."


class Talking(AsyncStreamHandler):
    """Says ``script``: seconds of silence and of sound in turn, from its start on."""

    def __init__(self, *script: float) -> None:
        super().__init__()
        self.script = script

    async def start_up(self) -> None:
        self.parts = self._parts()

    async def receive(self, frame: Any) -> None:
        pass

    async def emit(self) -> Any:
        return await anext(self.parts, None)

    async def _parts(self) -> AsyncIterator[Any]:
        for number, seconds in enumerate(self.script):
            level = 5_000 if number % 2 else 0
            yield RATE, np.full(round(seconds * RATE), level, np.int16)
        yield AdditionalOutputs("done")

    def copy(self) -> AsyncStreamHandler:
        return Talking(*self.script)


def test_no_reply_is_told_with_the_talk():
    async def script(caller: Caller) -> None:
        await caller.say(QUESTION)
        with pytest.raises(
            NoReplyError, match=r"within 2 s of 0\.[45].*the caller said 0\.50 s of"
        ):
            await caller.expect_reply(within_s=2)

    rehearse(Talking(60.0), script)


def test_other_words_are_told_and_when():
    async def script(caller: Caller) -> None:
        with pytest.raises(WrongReplyError, match=r"'good morning'; heard 'Good evening\.") as got:
            await caller.expect_reply("good morning", within_s=2)
        assert got.value.heard == "Good evening."
        reply = await caller.expect_reply("evening", within_s=3)
        assert reply.text == "Good evening."
        assert abs(reply.ended_s - reply.began_s - 1.0) < 0.1

    rehearse(Talking(1.0, 1.0, 2.0, 1.0), script, ears=Ears())


def test_sound_where_silence_was_expected():
    async def script(caller: Caller) -> None:
        await caller.expect_silence(0.5)
        with pytest.raises(NotSilentError, match=r"heard 'Good evening\.' at (0\.9|1\.0)"):
            await caller.expect_silence(5)

    rehearse(Talking(1.0, 1.0), script, ears=Ears())


def test_an_app_that_does_not_stop_talking():
    async def script(caller: Caller) -> None:
        with pytest.raises(NotInterruptedError, match="went on talking for 1 s"):
            await caller.interrupt(QUESTION, silent_within_s=1)
        with pytest.raises(WrongReplyError, match="still talks after 5 s"):
            await caller.expect_reply(ends_within_s=5)

    rehearse(Talking(0.5, 60.0), script, ears=Ears())


def test_outputs_are_expected_one_after_the_other():
    async def script(caller: Caller) -> None:
        with pytest.raises(NoOutputError, match=r"within 0\.5 s"):
            await caller.expect_output(within_s=0.5)
        assert await caller.expect_output() == ("done",)
        with pytest.raises(NoOutputError):
            await caller.expect_output(("done",), within_s=1)
        with pytest.raises(NoReplyError):
            await caller.interrupt("hello", after_s=1)

    rehearse(Talking(3.0), script)
