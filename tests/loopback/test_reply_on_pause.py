"""Conversations with a real connection: spoken input, and what is heard of the replies."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import numpy as np
import pytest

from gradio_webrtc import (
    InterruptionOptions,
    ReplyOnPause,
    Stream,
    current_reply,
    get_current_context,
)
from tests.support.client import LoopbackClient
from tests.support.serving import Served
from tests.support.sessions import until
from tests.support.signals import VoiceTrack, tone
from tests.support.speech import say

QUESTION = "What is the capital of France?"
"""About a second and a half of speech."""
TONE_S = 0.1
Audio = tuple[int, np.ndarray]


def tones(seconds: float, frequency: float = 500.0) -> Iterator[Audio]:
    """Yield a tone in pieces of 100 ms, without a seam."""
    size = round(TONE_S * 48_000)
    for number in range(round(seconds / TONE_S)):
        yield 48_000, tone(frequency, 8000.0, number * size, size)


def logged(client: LoopbackClient) -> list[str]:
    return [message["data"] for message in client.messages if message["type"] == "log"]


async def saw(client: LoopbackClient, event: str, times: int = 1) -> None:
    await until(lambda: logged(client).count(event) >= times)


async def connected(server: Served) -> tuple[LoopbackClient, VoiceTrack]:
    voice = VoiceTrack()
    client = await server.connected(voice)
    await until(lambda: "listening" in logged(client))
    return client, voice


def stream(fn: Any, **options: Any) -> Stream:
    return Stream(ReplyOnPause(fn, **options), modality="audio")


def loud_seconds(client: LoopbackClient) -> float:
    sound = np.abs(client.sound().astype(int))
    return (
        float(np.count_nonzero(sound[: sound.size // 480 * 480].reshape(-1, 480).max(1) > 2000))
        / 100
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
        assert client.last_loud - began < 1.5
        await until(lambda: heard)
        await saw(client, "response_starting", 2)
        await client.close()
        await server.empty()
    (first, second) = heard
    assert 1.0 < first[0] < 3.0
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
        await until(lambda: loud_seconds(client) > 2.8)
    assert logged(client)[3:] == [
        "response_starting",
        "started_talking",
        "response_starting",
        "response_ended",
    ]
    assert 2.9 < loud_seconds(client) < 3.2


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


async def test_ten_conversations_do_not_mix_and_leave_nothing() -> None:
    """Each hears the answer to its own question, on threads that are gone afterwards."""
    said: dict[str, float] = {}

    def reply(audio: Audio) -> Iterator[Audio]:
        mine = get_current_context().webrtc_id
        said[mine] = audio[1].shape[1] / audio[0]
        order = [client.webrtc_id for client in clients].index(mine)
        yield from tones(0.5, 300.0 + 100.0 * order)

    before = set(threading.enumerate())
    clients: list[LoopbackClient] = []
    voices: list[VoiceTrack] = []
    served = Stream(ReplyOnPause(reply), modality="audio", concurrency_limit=None)
    async with Served(served) as server:
        for _ in range(10):
            client, voice = await connected(server)
            clients.append(client)
            voices.append(voice)
        question = say("Yes, please do.")
        for number, voice in enumerate(voices):
            voice.say(np.concatenate([question] * (1 + number % 3)))
        for client in clients:
            await saw(client, "response_ended")
        for number, client in enumerate(clients):
            await until(lambda: loud_seconds(client) > 0.4)  # noqa: B023 - called at once
            assert frequency(client) == pytest.approx(300 + 100 * number, abs=15)
            length = said[client.webrtc_id] * 48_000 - question.size * (1 + number % 3)
            assert 0 < length < 1.5 * 48_000
    # Beside those of asyncio itself, whose last ones go with the loop.
    await until(
        lambda: (
            not [
                thread
                for thread in set(threading.enumerate()) - before
                if not thread.name.startswith("asyncio")
            ]
        )
    )


def frequency(client: LoopbackClient) -> float:
    """Return the pitch of what was heard, in Hz."""
    sound = client.sound().astype(float)
    loud = sound[np.abs(sound) > 0]
    spectrum = np.abs(np.fft.rfft(loud * np.hanning(loud.size)))
    return float(np.argmax(spectrum)) * 48_000 / loud.size


async def test_further_inputs_are_those_of_the_moment() -> None:
    got: list[tuple[Any, ...]] = []

    def reply(audio: Audio, voice: str, speed: float) -> Iterator[Audio]:
        got.append((voice, speed))
        yield from tones(0.2)

    served = stream(reply)
    async with Served(served) as server:
        client, voice = await connected(server)
        for number in (1, 2):
            voice.say(say("Yes, please do."))
            await until(lambda: asked_for(client) == number)  # noqa: B023 - called at once
            served.set_input(client.webrtc_id, f"voice {number}", number)
            await saw(client, "response_ended", number)
    assert got == [("voice 1", 1), ("voice 2", 2)]


def asked_for(client: LoopbackClient) -> int:
    """Return how often the values of the other inputs were wanted."""
    return sum(message["type"] == "send_input" for message in client.messages)
