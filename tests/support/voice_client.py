"""A person with a microphone at a stream that replies, over a real connection."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from gradio_webrtc import ReplyOnPause, Stream
from tests.support.client import LoopbackClient
from tests.support.recognisable_tracks import VoiceTrack, tone
from tests.support.serving import Served
from tests.support.sessions import until

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
