"""Several conversations, other inputs, a turn detector, and the published example."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from gradio_webrtc import (
    AlgoOptions,
    ReplyOnPause,
    SileroVadOptions,
    Stream,
    get_current_context,
    get_tts_model,
)
from tests.support.client import LoopbackClient
from tests.support.recognisable_tracks import VoiceTrack
from tests.support.serving import Served
from tests.support.sessions import until
from tests.support.synthetic_speech import say
from tests.support.voice_client import QUESTION, Audio, connected, loud_seconds, saw, stream, tones


@pytest.mark.serial
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


async def test_a_turn_detector_lets_people_think() -> None:
    """One pause within what is said, and one that nothing follows."""
    asked: list[float] = []
    answered: list[float] = []

    class Patient:
        def finished(self, utterance: Audio) -> float:
            asked.append(utterance[1].shape[1] / utterance[0])
            return 0.9 if len(asked) == 2 else 0.1

    def reply(audio: Audio) -> Iterator[Audio]:
        answered.append(audio[1].shape[1] / audio[0])
        yield from tones(0.2)

    options = {"turn_detector": Patient(), "turn_deadline_s": 5.0, "longest_pause_s": 1.5}
    async with Served(stream(reply, **options)) as server:
        client, voice = await connected(server)
        first = say("I would like to know")
        voice.say(first)
        await until(lambda: asked)
        assert not answered
        second = say("what the capital of France is.")
        voice.say(second)
        await saw(client, "response_ended")
        assert len(asked) == 2
        assert answered[0] > (first.size + second.size) / 48_000
        voice.say(say(QUESTION))
        await until(lambda: len(asked) == 3)
        await saw(client, "response_ended", 2)
    assert len(answered) == 2


async def test_the_published_example() -> None:
    tts_client = get_tts_model("espeak")

    def echo(audio: Audio) -> Iterator[Audio]:
        yield audio

    def startup() -> Iterator[Any]:
        yield from tts_client.stream_tts_sync("Welcome to the echo audio demo!")

    served = Stream(
        handler=ReplyOnPause(
            echo,
            startup_fn=startup,
            algo_options=AlgoOptions(
                audio_chunk_duration=0.6, started_talking_threshold=0.2, speech_threshold=0.1
            ),
            model_options=SileroVadOptions(
                threshold=0.5, min_speech_duration_ms=250, min_silence_duration_ms=100
            ),
            can_interrupt=True,
        ),
        modality="audio",
        mode="send-receive",
    )
    async with Served(served) as server:
        client, voice = await connected(server)
        await saw(client, "response_ended")
        welcomed = loud_seconds(client)
        assert welcomed > 0.5
        voice.say(say(QUESTION))
        await saw(client, "response_ended", 2)
        await until(lambda: loud_seconds(client) > welcomed + 0.5)
