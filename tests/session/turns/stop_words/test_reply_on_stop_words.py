"""Stop words in whole sessions, on a virtual clock: what is told, answered and cut off."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pytest

from gradio_webrtc import AlgoOptions, ConfigurationError, ReplyOnStopWords, SileroVadOptions
from gradio_webrtc.handlers.adapters.as_handler import as_handler
from gradio_webrtc.media.audio.pcm import Pcm
from tests.support.loudness_detector import RATE, SPEECH, WORD, LoudDetector, LoudModel
from tests.support.scripted_conversation import PlayingTransport, sounds
from tests.support.sessions import make_session, settle, until

pytestmark = pytest.mark.looptime
SLEEP = (0, 1.2)
QUESTION = (SPEECH, 1.0)
CALL = (WORD, 0.5)
TURN = ["started_talking", "pause_detected", "response_starting", "response_ended"]


class Counted(ReplyOnStopWords):
    """Counts the frames it has listened to, in a list that its copies share."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.frames: list[int] = []

    async def receive(self, frame: Any) -> None:
        await super().receive(frame)
        self.frames.append(1)


class Calling:
    """One session whose person is as loud as the test says."""

    def __init__(self, seconds: float, **options: Any) -> None:
        self.asked: list[float] = []

        async def reply(audio: tuple[int, np.ndarray]) -> AsyncIterator[Any]:
            self.asked.append(float(np.count_nonzero(np.abs(audio[1]) > 1000)) / audio[0])
            for chunk in sounds(8_000, seconds):
                yield chunk

        handler = Counted(
            reply,
            ["computer"],
            input_sample_rate=RATE,
            model=LoudDetector,
            spotter=LoudModel(),
            **options,
        )
        self.handler = handler
        make = as_handler(handler, mode="send-receive", modality="audio")
        self.transport = PlayingTransport()
        self.session = make_session(make(needs_args=False), self.transport)

    async def __aenter__(self) -> Calling:
        self.session.start()
        self.session.on_connected()
        await settle()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.session.aclose()

    async def hears(self, *parts: tuple[int, float]) -> None:
        """Send sound of these levels and seconds; a frame is taken before the next one is sent."""
        sound = np.concatenate([np.full(round(s * RATE), level, np.int16) for level, s in parts])
        for at in range(0, sound.size, 320):
            self.session.on_audio(Pcm(RATE, sound[np.newaxis, at : at + 320]))
            sent = len(self.handler.frames) + 1
            await asyncio.sleep(0.02)
            await until(lambda sent=sent: len(self.handler.frames) >= sent)

    def told(self, kind: str) -> list[str]:
        """What the client was told of one kind."""
        return [message.data for message in self.transport.sent(kind)]


async def test_nothing_is_answered_and_nothing_is_told_without_a_stop_word() -> None:
    async with Calling(0.5) as calling:
        await calling.hears(SLEEP, QUESTION, SLEEP)
        assert calling.asked == []
        assert calling.told("stopword") == []
        assert calling.told("log") == ["listening"]


async def test_the_client_is_told_of_the_word_and_the_rest_is_answered() -> None:
    async with Calling(0.5) as calling:
        await calling.hears(SLEEP, CALL, QUESTION, SLEEP, (0, 1.0))
        await until(lambda: "response_ended" in calling.told("log"))
        assert calling.told("stopword") == ["computer"]
        assert calling.told("log") == ["listening", *TURN]
        assert calling.asked == [pytest.approx(1.0, abs=0.1)]


async def test_it_says_that_it_sleeps_again_when_no_question_comes() -> None:
    async with Calling(0.5, follow_up_s=2.0) as calling:
        await calling.hears(SLEEP, CALL, SLEEP)
        assert calling.told("log") == ["listening"]
        await calling.hears((0, 2.0), QUESTION, SLEEP)
        assert calling.told("log") == ["listening", "listening"]
        assert calling.asked == []


async def test_a_reply_goes_on_under_other_speech_and_stops_at_the_word() -> None:
    async with Calling(60) as calling:
        await calling.hears(SLEEP, CALL, QUESTION, SLEEP)
        await until(lambda: "response_starting" in calling.told("log"))
        await calling.hears(QUESTION, SLEEP)
        assert not calling.transport.held
        assert "interrupted" not in calling.told("log")
        # Before the person has even paused.
        await calling.hears(CALL, (SPEECH, 0.3))
        assert calling.told("log")[-1] in ("interrupted", "started_talking")
        assert "interrupted" in calling.told("log")
        assert calling.told("stopword") == ["computer"] * 2
        await calling.hears((SPEECH, 0.5), SLEEP)
        await until(lambda: len(calling.asked) == 2)


async def test_any_speech_holds_a_reply_where_the_author_wants_that() -> None:
    async with Calling(60, barge_in="speech") as calling:
        await calling.hears(SLEEP, CALL, QUESTION, SLEEP)
        await until(lambda: "response_starting" in calling.told("log"))
        await calling.hears(QUESTION, SLEEP)
        await until(lambda: len(calling.asked) == 2)
        assert "interrupted" in calling.told("log")
        assert calling.told("stopword") == ["computer"]


async def test_speech_into_a_reply_is_noticed_at_once_as_without_stop_words() -> None:
    """While nothing is said windows are scored four at a time, 128 ms; in a reply one by one."""
    at_once: dict[str, Any] = {
        "algo_options": AlgoOptions(started_talking_threshold=0.0),
        "model_options": SileroVadOptions(min_speech_duration_ms=0),
    }
    for lead in (0.0, 0.04, 0.08):
        async with Calling(60, barge_in="speech", **at_once) as calling:
            await calling.hears(SLEEP, CALL, QUESTION, SLEEP)
            await until(lambda: "response_starting" in calling.told("log"))
            await calling.hears((0, 0.4 + lead))
            assert not calling.transport.held
            await calling.hears((SPEECH, 0.08))
            assert calling.transport.held, lead


async def test_nothing_stops_a_reply_that_cannot_be_interrupted() -> None:
    async with Calling(6, can_interrupt=False) as calling:
        await calling.hears(SLEEP, CALL, QUESTION, SLEEP)
        await until(lambda: "response_starting" in calling.told("log"))
        await calling.hears(CALL, QUESTION, SLEEP)
        assert calling.told("stopword") == ["computer"]
        await until(lambda: "response_ended" in calling.told("log"))
        await calling.hears(SLEEP, CALL, QUESTION, SLEEP)
        await until(lambda: len(calling.asked) == 2)
        assert "interrupted" not in calling.told("log")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"stop_words": "computer"}, "must be a list"),
        ({"stop_words": []}, "one or more"),
        ({"stop_words": ["привет"], "spotter": None}, "Nobody here knows how to say"),
        ({"spotter": object()}, "spotter must have"),
        ({"spotter": LoudModel}, r"pass LoudModel\(\)"),
        ({"barge_in": "shouting"}, "barge_in"),
        ({"follow_up_s": 0}, "follow_up_s"),
        ({"follow_up_s": "6"}, "follow_up_s"),
    ],
)
async def test_what_cannot_work_is_refused_with_a_remedy(
    options: dict[str, Any], told: str
) -> None:
    given: dict[str, Any] = {"stop_words": ["computer"], "spotter": LoudModel(), **options}
    with pytest.raises(ConfigurationError, match=told):
        ReplyOnStopWords(lambda audio: None, **given)
