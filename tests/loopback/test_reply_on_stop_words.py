"""Stop words over a real connection: spoken input, and what is answered."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import numpy as np

from gradio_webrtc import ReplyOnStopWords, Stream
from tests.support.client import LoopbackClient
from tests.support.recognisable_tracks import VoiceTrack, tone
from tests.support.serving import Served
from tests.support.sessions import until
from tests.support.synthetic_speech import joined, say, silence

RATE = 48_000
Audio = tuple[int, np.ndarray]


class Answerer:
    """Answers with a tone; keeps what was asked."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.asked: list[np.ndarray] = []

    def __call__(self, audio: Audio) -> Iterator[Audio]:
        self.asked.append(audio[1])
        for number in range(round(self.seconds * 10)):
            yield RATE, tone(500.0, 8000.0, number * 4800, 4800)


def served(fn: Any, **options: Any) -> Served:
    return Served(Stream(ReplyOnStopWords(fn, ["computer"], **options), modality="audio"))


def told(client: LoopbackClient, kind: str) -> list[str]:
    return [message["data"] for message in client.messages if message["type"] == kind]


async def connected(server: Served) -> tuple[LoopbackClient, VoiceTrack]:
    voice = VoiceTrack()
    client = await server.connected(voice)
    await until(lambda: "listening" in told(client, "log"))
    # A spotter knows a word by its beginning too: nobody speaks in the very first packet.
    voice.say(silence(0.8))
    return client, voice


async def test_only_what_follows_the_stop_word_is_answered() -> None:
    fn = Answerer(0.5)
    async with served(fn) as server:
        client, voice = await connected(server)
        voice.say(joined(say("Good morning, how are you?", "en-us"), silence(1.5)))
        await until(lambda: not voice.speaking)
        assert told(client, "stopword") == []
        assert told(client, "log") == ["listening"]
        sentence = say("Computer, what is the time?", "en-us")
        word = say("Computer", "en-us")
        voice.say(joined(sentence, silence(1.0)))
        await until(lambda: "response_ended" in told(client, "log"))
        assert told(client, "stopword") == ["computer"]
    (asked,) = fn.asked
    assert asked.shape[0] == 1
    # Without the word, with the pause behind it.
    assert asked.shape[1] < sentence.size - word.size + RATE
    assert asked.shape[1] > (sentence.size - word.size) * 0.6
    events = ["started_talking", "pause_detected", "response_starting", "response_ended"]
    assert told(client, "log")[1:] == events


async def test_the_word_alone_wakes_and_the_next_sentence_is_the_question() -> None:
    fn = Answerer(0.3)
    async with served(fn, follow_up_s=30.0) as server:
        client, voice = await connected(server)
        voice.say(say("Computer.", "en-us"))
        await until(lambda: told(client, "stopword") == ["computer"])
        assert not fn.asked
        question = say("Tell me a joke about electricity.", "en-us")
        voice.say(joined(silence(1.0), question))
        await until(lambda: "response_ended" in told(client, "log"))
    (asked,) = fn.asked
    assert asked.shape[1] >= question.size


async def test_a_reply_is_stopped_by_the_stop_word_and_by_nothing_else() -> None:
    fn = Answerer(60)
    async with served(fn) as server:
        client, voice = await connected(server)
        voice.say(say("Computer, what is the time?", "en-us"))
        await until(lambda: "response_starting" in told(client, "log"))
        voice.say(joined(say("We had fish and a salad.", "en-us"), silence(1.5)))
        await until(lambda: not voice.speaking)
        assert "interrupted" not in told(client, "log")
        voice.say(say("Computer.", "en-us"))
        await until(lambda: "interrupted" in told(client, "log"))
        loop = asyncio.get_running_loop()
        await until(lambda: loop.time() - client.last_loud > 0.5)
        assert len(fn.asked) == 1


async def test_any_speech_stops_a_reply_where_the_author_wants_that() -> None:
    fn = Answerer(60)
    async with served(fn, barge_in="speech") as server:
        client, voice = await connected(server)
        voice.say(say("Computer, what is the time?", "en-us"))
        await until(lambda: "response_starting" in told(client, "log"))
        voice.say(say("Stop, I would rather know the date.", "en-us"))
        await until(lambda: len(fn.asked) == 2)
        assert "interrupted" in told(client, "log")
        assert told(client, "stopword") == ["computer"]
