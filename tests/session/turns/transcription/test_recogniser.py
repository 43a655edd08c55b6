"""One connection's recogniser: what it says, and what becomes of its failures."""

from __future__ import annotations

import asyncio
import threading
import time
from contextvars import copy_context
from typing import Any

import numpy as np
import pytest

from gradio_webrtc.speech.recognition.recognised import Recognised
from gradio_webrtc.turns.transcription.recogniser import LATE_S, Recogniser

SAMPLES = np.zeros((1, 100), np.int16)


class Model:
    """Says what the test wants; notes where it runs."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.threads: list[str] = []
        self.loads = 0

    def load(self) -> None:
        self.loads += 1

    def stt(self, audio: Any) -> Any:
        self.threads.append(threading.current_thread().name)
        assert audio[0] == 16_000
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def recogniser(model: Any) -> Recogniser:
    return Recogniser(model, "subtitles", "nothing is shown")


async def test_it_recognises_on_a_thread_of_its_own() -> None:
    model = Model(" hello ", "")
    mine = recogniser(model)
    assert await mine.text_of(16_000, SAMPLES) == "hello"
    assert await mine.text_of(16_000, SAMPLES) == ""
    assert model.threads == ["subtitles", "subtitles"]
    await mine.aclose()


async def test_it_is_loaded_before_it_is_needed() -> None:
    model = Model("hello")
    mine = recogniser(model)
    mine.prepare(copy_context())
    await mine.text_of(16_000, SAMPLES)
    assert model.loads == 1
    await mine.aclose()


async def test_failures_are_logged_once_and_it_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    mine = recogniser(Model(OSError("no weights"), 5, "hello"))
    assert await mine.text_of(16_000, SAMPLES) is None
    assert await mine.text_of(16_000, SAMPLES) is None
    assert await mine.text_of(16_000, SAMPLES) == "hello"
    (record,) = caplog.records
    assert record.message.startswith("subtitles: the recogniser failed; nothing is shown.")
    await mine.aclose()


async def test_words_that_the_model_is_not_sure_of_are_none() -> None:
    class Unsure:
        def recognised(self, audio: Any) -> Recognised:
            return Recognised("wait", 0.5)

        def stt(self, audio: Any) -> str:
            return "wait"

    for least, text in ((0.0, "wait"), (0.5, "wait"), (0.55, "")):
        mine = Recogniser(Unsure(), "subtitles", "nothing is shown", least)
        assert await mine.text_of(16_000, SAMPLES) == text
        await mine.aclose()


async def test_a_name_that_does_not_exist_is_a_failure(caplog: pytest.LogCaptureFixture) -> None:
    mine = recogniser("no-such-engine")
    mine.prepare(copy_context())
    assert await mine.text_of(16_000, SAMPLES) is None
    assert "subtitles: the recogniser failed" in caplog.text
    await mine.aclose()


@pytest.mark.looptime
async def test_one_that_hangs_is_logged_and_waited_for(caplog: pytest.LogCaptureFixture) -> None:
    class Slow:
        async def stt(self, audio: Any) -> str:
            await asyncio.sleep(2 * LATE_S)
            return "at last"

    mine = recogniser(Slow())
    began = asyncio.get_running_loop().time()
    assert await mine.text_of(16_000, SAMPLES) == "at last"
    assert asyncio.get_running_loop().time() - began == pytest.approx(2 * LATE_S)
    (record,) = caplog.records
    assert "took longer than 10 s" in record.message
    await mine.aclose()


async def test_closing_frees_it_from_one_that_hangs() -> None:
    hanging = threading.Event()

    class Hangs:
        def stt(self, audio: Any) -> str:
            hanging.set()
            while True:
                time.sleep(0.01)

    mine = recogniser(Hangs())
    asked = asyncio.ensure_future(mine.text_of(16_000, SAMPLES))
    await asyncio.to_thread(hanging.wait, 30)
    asked.cancel()
    await asyncio.wait_for(mine.aclose(), 30)
