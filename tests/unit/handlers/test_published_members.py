"""What published handlers do with their channel, their loop and their resampler."""

from __future__ import annotations

import asyncio
from fractions import Fraction
from typing import Any

import av
import numpy as np
import pytest

from gradio_webrtc.handlers.adapters.as_handler import as_handler
from gradio_webrtc.handlers.base import AsyncStreamHandler, StreamHandler

pytestmark = pytest.mark.asyncio


class Silent(StreamHandler):
    def receive(self, frame: Any) -> None:
        pass

    def emit(self) -> None:
        return None

    def copy(self) -> Silent:
        return type(self)()


class Told(Silent):
    """Greets on the channel it is given, as published handlers do."""

    made: list[Told] = []  # noqa: RUF012

    def __init__(self) -> None:
        super().__init__()
        self.made.append(self)
        self.channel_there = False

    def set_channel(self, channel: Any) -> None:
        super().set_channel(channel)
        channel.send("hello")

    def start_up(self) -> None:
        self.channel_there = self.channel_set.is_set() and self.channel is not None


class Waits(AsyncStreamHandler):
    made: list[Waits] = []  # noqa: RUF012

    async def start_up(self) -> None:
        self.made.append(self)
        await self.channel_set.wait()
        assert self._loop is asyncio.get_running_loop() is self.loop
        await self.fetch_args()

    async def receive(self, frame: Any) -> None:
        pass

    async def emit(self) -> None:
        await asyncio.sleep(3600)

    def copy(self) -> Waits:
        return Waits()


class Notes:
    def __init__(self) -> None:
        self.sent: list[str] = []

    def send(self, text: str) -> None:
        self.sent.append(text)


async def test_outside_of_a_session_there_is_no_channel_and_no_loop():
    handler = Silent()
    assert handler.channel is None
    assert not handler.channel_set.is_set()
    assert not hasattr(handler, "_loop")
    await handler.fetch_args()


async def test_a_handler_of_a_unit_test_is_given_both():
    handler, notes = Silent(), Notes()
    handler.set_channel(notes)
    handler._loop = asyncio.get_running_loop()
    assert handler.channel is notes
    assert handler.channel_set.is_set()
    handler.send_message_sync("one")
    await handler.send_message("two")
    assert notes.sent == ["one", "two"]
    assert handler._loop is asyncio.get_running_loop()


async def test_a_session_sets_the_channel_before_start_up(link):
    handler = as_handler(Told(), mode="send-receive", modality="audio")()
    await handler.start(link)
    (_, served) = Told.made
    assert link.sent == ["hello"]
    assert served.channel_there
    await handler.aclose()
    assert served.channel is None


async def test_start_up_waits_for_the_channel_and_asks_for_inputs(link):
    handler = as_handler(Waits(), mode="send-receive", modality="audio")()
    await handler.start(link)
    assert link.requests == 1
    await handler.aclose()
    assert not hasattr(Waits.made[0], "_loop")


async def test_frames_are_resampled_to_what_the_handler_expects():
    handler = Silent("stereo", input_sample_rate=16_000)
    frames = []
    for number in range(10):
        frame = av.AudioFrame.from_ndarray(np.full((1, 960), 1000, np.int16), "s16", "mono")
        frame.sample_rate, frame.pts = 48_000, number * 960
        frame.time_base = Fraction(1, 48_000)
        frames += list(handler.resample(frame))
    assert frames
    assert {frame.sample_rate for frame in frames} == {16_000}
    assert {frame.layout.name for frame in frames} == {"stereo"}
    assert {frame.format.name for frame in frames} == {"s16"}
