"""Handlers of audio and video, and sources that carry both, over real peer connections."""

from __future__ import annotations

import asyncio
import queue
from typing import Any

import numpy as np
import pytest

from gradio_webrtc import (
    AdditionalOutputs,
    AsyncAudioVideoStreamHandler,
    AudioVideoStreamHandler,
    CloseStream,
    Stream,
    TimedAudio,
    TimedPicture,
)
from gradio_webrtc.handlers.protocol import Modality
from tests.support.client import LoopbackClient
from tests.support.recognisable_tracks import (
    NumberedTrack,
    SineTrack,
    main_frequency,
    number_of,
    numbered,
    tone,
)
from tests.support.serving import Served
from tests.support.sessions import until

pytestmark = pytest.mark.asyncio

BOTH: Modality = "audio-video"


class Echo(AudioVideoStreamHandler):
    def __init__(self) -> None:
        super().__init__()
        self.sound: queue.Queue[Any] = queue.Queue()
        self.pictures: queue.Queue[Any] = queue.Queue()

    def copy(self) -> Any:
        return type(self)()

    def receive(self, frame: Any) -> None:
        self.sound.put(frame)

    def emit(self) -> Any:
        return self.sound.get()

    def video_receive(self, frame: Any) -> None:
        self.pictures.put(255 - frame)

    def video_emit(self) -> Any:
        return self.pictures.get()


class AsyncEcho(AsyncAudioVideoStreamHandler):
    def __init__(self) -> None:
        super().__init__()
        self.sound: asyncio.Queue[Any] = asyncio.Queue()
        self.pictures: asyncio.Queue[Any] = asyncio.Queue()

    def copy(self) -> AsyncEcho:
        return AsyncEcho()

    async def receive(self, frame: Any) -> None:
        self.sound.put_nowait(frame)

    async def emit(self) -> Any:
        return await self.sound.get()

    async def video_receive(self, frame: Any) -> None:
        self.pictures.put_nowait(255 - frame)

    async def video_emit(self) -> Any:
        return await self.pictures.get()


class Listener(Echo):
    """Only says what it hears and sees."""

    def receive(self, frame: Any) -> None:
        self.sound.put(AdditionalOutputs("heard"))

    def video_receive(self, frame: Any) -> None:
        self.pictures.put((frame, AdditionalOutputs("seen")))


class Busy(Echo):
    """Always has something to show and say."""

    emitted = 0

    def receive(self, frame: Any) -> None:
        pass

    video_receive = receive

    def emit(self) -> Any:
        return 24_000, np.zeros(2400, np.int16)

    def video_emit(self) -> Any:
        Busy.emitted += 1
        return numbered(1)


class Film(Echo):
    """Emits two seconds: a tone that begins at 1 s, as far ahead as it is let, and pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.chunks = self.shown = 0

    def emit(self) -> Any:
        self.chunks += 1
        if self.chunks > 20:
            return CloseStream("The end.") if self.chunks == 21 else None
        start = (self.chunks - 1) * 4_800
        sound = tone(440, 8_000 if start >= 48_000 else 0, start, 4_800)
        return (48_000, sound) if self.chunks > 1 else TimedAudio((48_000, sound), 0.0)

    def video_emit(self) -> Any:
        if self.shown >= 60:
            return None
        self.shown += 1
        return TimedPicture(numbered(self.shown - 1), (self.shown - 1) / 30)


async def test_both_come_back_through_one_handler_sync_and_async() -> None:
    for handler in (Echo(), AsyncEcho()):
        async with Served(Stream(handler, modality=BOTH)) as server:
            client = await server.connected([SineTrack(440), NumberedTrack()])
            await until(lambda c=client: len(c.pictures) > 30 and c.heard > 1.0)
        assert main_frequency(client.sound(0.5)) == pytest.approx(440, abs=5)
        numbers = [(1 << 16) - 1 - number_of(picture) for _, picture in client.pictures[10:]]
        assert numbers == sorted(numbers)


async def test_in_mode_send_the_outputs_of_both_kinds_count() -> None:
    async with Served(Stream(Listener(), modality=BOTH, mode="send")) as server:
        client = await server.connected([SineTrack(), NumberedTrack()])
        session = server.session(client)
        words: set[str] = set()
        async for outputs in session.outputs.read():
            words.update(outputs.args)
            if words == {"heard", "seen"}:
                break
        assert client.pictures == []


async def test_in_mode_send_a_handler_that_always_has_something_does_not_spin() -> None:
    Busy.emitted = 0
    async with Served(Stream(Busy(), modality=BOTH, mode="send")) as server:
        await server.connected([SineTrack(), NumberedTrack()])
        await until(lambda: Busy.emitted > 10)
        before = Busy.emitted
        await asyncio.sleep(1.0)
        assert Busy.emitted - before < 40  # 30 a second


async def test_a_picture_goes_out_with_its_sound_however_far_ahead_that_was_emitted() -> None:
    async with Served(Stream(Film(), modality=BOTH, mode="receive")) as server:
        client = await server.connected(receive=["audio", "video"])
        starts: list[float] = []

        def begun() -> bool:
            if client.last_loud and not starts:
                starts.append(client.last_loud)
            return bool(starts)

        await until(begun)
        await until(lambda: client.pictures and number_of(client.pictures[-1][1]) >= 55)
        shown = {number_of(picture): at for at, picture in client.pictures}
        goodbye = await client.message("end_stream")
    assert goodbye["data"] == "The end."
    # The tone begins with picture 30. aiortc's own audio buffer delays what it gives by 100 ms.
    nearest = min((number for number in shown if number >= 29), key=lambda n: abs(n - 30))
    assert shown[nearest] - (nearest - 30) / 30 == pytest.approx(starts[0] - 0.1, abs=0.4)
    assert _steady(client)


def _steady(client: LoopbackClient) -> bool:
    """Whether the pictures were shown as slowly as they were meant to be."""
    first, last = client.pictures[0], client.pictures[-1]
    pictures = number_of(last[1]) - number_of(first[1])
    return (last[0] - first[0]) > 0.8 * pictures / 30
