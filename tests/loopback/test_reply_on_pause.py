"""Conversations with a real connection: spoken input, and what is heard of the replies."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator

import numpy as np
import pytest

from gradio_webrtc import (
    InterruptionOptions,
    current_reply,
)
from tests.support.recognisable_tracks import tone
from tests.support.serving import Served
from tests.support.sessions import until
from tests.support.synthetic_speech import say
from tests.support.voice_client import (
    QUESTION,
    Audio,
    connected,
    logged,
    loud_seconds,
    saw,
    stream,
    tones,
)


@pytest.mark.parametrize("kind", ["sync generator", "async generator", "function", "coroutine"])
async def test_a_question_is_answered(kind: str) -> None:
    asked: list[Audio] = []

    def generator(audio: Audio) -> Iterator[Audio]:
        asked.append(audio)
        yield from tones(0.6)

    async def async_generator(audio: Audio) -> AsyncIterator[Audio]:
        asked.append(audio)
        for chunk in tones(0.6):
            yield chunk

    def function(audio: Audio) -> Audio:
        asked.append(audio)
        return 48_000, tone(500.0, 8000.0, 0, 28_800)

    async def coroutine(audio: Audio) -> Audio:
        return function(audio)

    fn = {
        "sync generator": generator,
        "async generator": async_generator,
        "function": function,
        "coroutine": coroutine,
    }[kind]
    async with Served(stream(fn)) as server:
        client, voice = await connected(server)
        question = say(QUESTION)
        voice.say(question)
        await saw(client, "response_ended")
        await until(lambda: loud_seconds(client) > 0.5)
    assert logged(client) == [
        "listening",
        "started_talking",
        "pause_detected",
        "response_starting",
        "response_ended",
    ]
    ((rate, samples),) = asked
    assert rate == 48_000
    assert samples.dtype == np.int16
    assert samples.shape[0] == 1
    # All of it, with some silence on both sides.
    assert question.size < samples.shape[1] < question.size + 1.5 * 48_000


async def test_interrupting_silences_the_reply_and_closes_the_generator_where_it_runs() -> None:
    heard: list[tuple[float, bool, str]] = []
    asked: list[int] = []

    def reply(audio: Audio) -> Iterator[Audio]:
        asked.append(audio[1].shape[1])
        me = threading.current_thread()
        try:
            yield from tones(30)
        finally:
            assert threading.current_thread() is me
            heard.append((current_reply().heard_s, current_reply().interrupted, me.name))

    async with Served(stream(reply)) as server:
        client, voice = await connected(server)
        voice.say(say(QUESTION))
        await saw(client, "response_starting")
        await until(lambda: loud_seconds(client) > 1.0)
        loop = asyncio.get_running_loop()
        interrupting = say("Stop, I would like to ask something else.")
        voice.say(interrupting)
        began = loop.time()
        await saw(client, "interrupted")
        await until(lambda: loop.time() - client.last_loud > 0.3)
        assert client.last_loud - began < 6  # of the thirty seconds of the reply
        await until(lambda: heard)
        await saw(client, "response_starting", 2)
        await client.close()
        await server.empty()
    (first, second) = heard
    assert 1.0 < first[0] < 10
    assert first[1]
    assert not second[1]  # the session ended
    assert asked[1] >= interrupting.size


async def test_a_short_word_makes_a_reply_pause_and_go_on_without_losing_sound() -> None:
    heard: list[float] = []

    def reply(audio: Audio) -> Iterator[Audio]:
        yield from tones(3)
        heard.append(current_reply().heard_s)

    patient = InterruptionOptions(min_speech_s=1.5)
    async with Served(stream(reply, interruption=patient)) as server:
        client, voice = await connected(server)
        voice.say(say(QUESTION))
        await saw(client, "response_starting")
        await until(lambda: loud_seconds(client) > 0.5)
        voice.say(say("Right, right."))
        await saw(client, "started_talking", 2)
        await saw(client, "response_ended")
        await until(lambda: loud_seconds(client) > 2.9)
    assert logged(client)[3:] == [
        "response_starting",
        "started_talking",
        "response_starting",
        "response_ended",
    ]
    assert loud_seconds(client) < 3.2


async def test_what_cannot_be_interrupted_is_played_to_its_end() -> None:
    asked: list[Audio] = []

    def reply(audio: Audio) -> Iterator[Audio]:
        asked.append(audio)
        yield from tones(3)

    async with Served(stream(reply, can_interrupt=False)) as server:
        client, voice = await connected(server)
        voice.say(say(QUESTION))
        await saw(client, "response_starting")
        voice.say(say("No, no, stop this at once."))
        await saw(client, "response_ended")
        assert len(asked) == 1
        await until(lambda: not voice.speaking)
        await asyncio.sleep(1)
        voice.say(say(QUESTION))
        await saw(client, "response_ended", 2)
    assert len(asked) == 2
    assert (
        logged(client)[1:]
        == [
            "started_talking",
            "pause_detected",
            "response_starting",
            "response_ended",
        ]
        * 2
    )


async def test_the_startup_function_speaks_first() -> None:
    def greet() -> Iterator[Audio]:
        yield from tones(0.5)

    def reply(audio: Audio) -> Iterator[Audio]:
        yield audio

    async with Served(stream(reply, startup_fn=greet)) as server:
        client, _ = await connected(server)
        await saw(client, "response_ended")
        await until(lambda: loud_seconds(client) > 0.4)
    assert logged(client) == ["listening", "response_starting", "response_ended"]
