"""People who stop to think, on a virtual clock, with a recogniser that hears what the test says."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from gradio_webrtc import AlgoOptions, WordsTurnDetector
from tests.support.loud_call import LoudCall
from tests.support.loudness_detector import SPEECH

pytestmark = pytest.mark.looptime

QUIET, HALF = (0, 0.5), (SPEECH, 1.0)


class Scripted:
    """Hears one text after the other."""

    def __init__(self, *texts: str | Exception) -> None:
        self.texts = list(texts)

    def stt(self, audio: Any) -> str:
        text = self.texts.pop(0)
        if isinstance(text, Exception):
            raise text
        return text


def call(*texts: str | Exception, **options: Any) -> LoudCall:
    # The clock stands still for threads, so only the hanging one needs a deadline.
    return LoudCall(turn_detector=WordsTurnDetector(Scripted(*texts)), **options)


async def test_a_finished_sentence_is_answered_after_a_quarter_of_a_second() -> None:
    async with call("What time is it?") as talk:
        await talk.hears(QUIET, HALF, (0, 0.2))
        over = talk.now - 0.2
        assert talk.asked == []
        await talk.hears((0, 0.3))
        assert talk.asked[0].at - over == pytest.approx(0.25, abs=0.05)


async def test_an_unfinished_one_is_let_go_on() -> None:
    async with call("What is the", "What is the time?") as talk:
        await talk.hears(QUIET, HALF, (0, 0.6))
        assert talk.asked == []
        await talk.hears(HALF, (0, 0.4))
        (asked,) = talk.asked
        assert asked.loud_s == pytest.approx(2.0, abs=0.05)


async def test_one_that_never_goes_on_is_answered_after_the_longest_pause() -> None:
    async with call("What is the", longest_pause_s=1.0) as talk:
        await talk.hears(QUIET, HALF, (0, 1.1))
        assert talk.asked == []
        await talk.hears((0, 0.3))
        assert talk.asked[0].loud_s == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize("text", ["", RuntimeError("no model")])
async def test_what_cannot_be_judged_ends_as_late_as_without_a_detector(
    text: str | Exception,
) -> None:
    async with call(text) as talk:
        await talk.hears(QUIET, HALF, (0, 0.46))
        assert talk.asked == []
        await talk.hears((0, 0.14))
        assert len(talk.asked) == 1


async def test_what_cannot_be_judged_may_go_on_meanwhile() -> None:
    async with call("", "Hello.") as talk:
        await talk.hears(QUIET, HALF, (0, 0.4), HALF, (0, 0.4))
        (asked,) = talk.asked
        assert asked.loud_s == pytest.approx(2.0, abs=0.05)


async def test_the_pause_that_the_author_chose_counts() -> None:
    async with call("Hello.", algo_options=AlgoOptions(silence_ms=800)) as talk:
        await talk.hears(QUIET, HALF, (0, 0.7))
        assert talk.asked == []
        await talk.hears((0, 0.2))
        assert len(talk.asked) == 1
    # What the detector cannot judge ends with that pause, too.
    async with call("", algo_options=AlgoOptions(silence_ms=200)) as talk:
        await talk.hears(QUIET, HALF, (0, 0.3))
        assert len(talk.asked) == 1


async def test_recognition_runs_on_a_thread() -> None:
    threads: list[threading.Thread] = []

    class Noting(Scripted):
        def stt(self, audio: Any) -> str:
            threads.append(threading.current_thread())
            return super().stt(audio)

    async with LoudCall(turn_detector=WordsTurnDetector(Noting("Hello."))) as talk:
        await talk.hears(QUIET, HALF, (0, 0.4))
        assert len(talk.asked) == 1
    assert threads != [threading.current_thread()]
