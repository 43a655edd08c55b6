"""Pictures over real peer connections."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from gradio_webrtc import AdditionalOutputs, CloseStream, Stream, VideoStreamHandler
from tests.support.client import LoopbackClient
from tests.support.recognisable_tracks import DARK, LIGHT, NumberedTrack, number_of
from tests.support.serving import Served
from tests.support.sessions import until

Picture = NDArray[np.uint8]
ALL_BITS = (1 << 16) - 1


def negative(frame: Picture) -> Picture:
    return 255 - frame


async def negative_async(frame: Picture) -> Picture:
    await asyncio.sleep(0)
    return 255 - frame


def negative_generator(frame: Picture) -> Iterator[Picture]:
    yield 255 - frame


async def negative_async_generator(frame: Picture) -> AsyncIterator[Picture]:
    yield 255 - frame


def sharp(client: LoopbackClient) -> list[Picture]:
    """Return the pictures after those with which an encoder warms up."""
    return [picture for _, picture in client.pictures[10:]]


@pytest.mark.parametrize(
    "handler", [negative, negative_async, negative_generator, negative_async_generator]
)
async def test_what_the_handler_changed_comes_back(handler: Callable[..., Any]) -> None:
    track = NumberedTrack()
    async with Served(Stream(handler)) as server:
        client = await server.connected(track)
        await until(lambda: len(client.pictures) > 30)
    pictures = sharp(client)
    # A picture whose light and dark are swapped shows the number's complement.
    numbers = [ALL_BITS - number_of(picture) for picture in pictures]
    assert set(numbers) <= set(range(track.sent))
    assert numbers == sorted(numbers)
    assert len(set(numbers)) > len(numbers) / 2
    values = pictures[-1].astype(int)
    block = values[10:30, -30:-10]  # the highest bits are zero: dark became light
    assert block.mean() == pytest.approx(255 - DARK, abs=12)
    assert np.abs(values[:, :, 0] - values[:, :, 2]).mean() < 6


def brightness(frame: Picture, level: int) -> Picture:
    return np.full_like(frame, level)


def shows(client: LoopbackClient, level: int) -> bool:
    return bool(client.pictures) and abs(level_of(client.pictures[-1][1]) - level) < 10


def level_of(picture: Picture) -> int:
    return round(float(picture.mean()))


async def test_further_arguments_are_awaited_and_followed_live() -> None:
    stream = Stream(brightness)
    async with Served(stream) as server:
        client = await server.connected(NumberedTrack())
        # The function needs a value: it is asked for, and nothing is sent before it came.
        assert (await client.message("send_input"))["data"] == []
        assert client.pictures == []
        for level in (60, 180, 110):
            stream.set_input(client.webrtc_id, level)
            await until(partial(shows, client, level))


async def test_set_input_from_another_thread() -> None:
    stream = Stream(brightness)
    async with Served(stream) as server:
        client = await server.connected(NumberedTrack())
        await client.message("send_input")
        await asyncio.to_thread(stream.set_input, client.webrtc_id, 200)
        await until(lambda: client.pictures and level_of(client.pictures[-1][1]) > 180)


async def test_outputs_and_the_end_come_with_pictures() -> None:
    count = 0

    def counting(frame: Picture) -> Any:
        nonlocal count
        count += 1
        if count == 10:
            return frame, CloseStream("Enough.")
        return frame, AdditionalOutputs(count)

    async with Served(Stream(counting)) as server:
        client = await server.connected(NumberedTrack())
        session = server.session(client)
        goodbye = await client.message("end_stream")
        assert (goodbye["data"], goodbye["reason"]) == ("Enough.", "handler_finished")
        await server.empty()
    assert [outputs.args for outputs in [o async for o in session.outputs.read()]] == [
        (number,) for number in range(1, 10)
    ]


@pytest.mark.serial  # measures how late pictures are
async def test_a_slow_handler_stays_live() -> None:
    """With 100 ms a picture at 30 a second, two of three are skipped and no delay builds up."""
    track = NumberedTrack()

    def slow(frame: Picture) -> Picture:
        time.sleep(0.1)
        return frame

    async with Served(Stream(slow)) as server:
        client = await server.connected(track)
        await until(lambda: len(client.pictures) >= 45)
    delays = [
        arrived - track.sent_at[number]
        for arrived, picture in client.pictures
        if (number := number_of(picture)) in track.sent_at
    ]
    assert len(delays) >= 40
    early, late = np.median(delays[5:20]), np.median(delays[-15:])
    assert late < 1.5
    assert late < early + 0.5
    # It skipped: far more was sent than came back.
    assert track.sent > 2 * len(client.pictures)


async def test_pictures_of_odd_and_changing_sizes() -> None:
    count = 0

    def resizing(frame: Picture) -> Picture:
        nonlocal count
        count += 1
        height, width = (97, 131) if count < 10 else (120, 160)
        # Not contiguous, as what comes out of a rotation is not.
        turned: Picture = np.full((width, height, 3), 90, np.uint8).transpose(1, 0, 2)
        return turned

    async with Served(Stream(resizing)) as server:
        client = await server.connected(NumberedTrack())
        await until(lambda: client.pictures and client.pictures[-1][1].shape == (120, 160, 3))
    first = client.pictures[0][1].shape
    assert abs(first[0] - 97) <= 1
    assert abs(first[1] - 131) <= 1
    assert client.pictures[-1][1].mean() == pytest.approx(90, abs=8)


@pytest.mark.parametrize("whose", ["the stream's", "the handler's own"])
async def test_bgr_is_what_opencv_code_gets_and_gives(whose: str) -> None:
    seen: list[Picture] = []

    def paint(frame: Picture) -> Picture:
        seen.append(frame)
        frame = frame.copy()
        frame[:] = (250, 10, 10)  # blue first
        return frame

    if whose == "the stream's":
        stream = Stream(paint, frame_format="bgr24")
    else:
        stream = Stream(VideoStreamHandler(paint, frame_format="bgr24"))
    async with Served(stream) as server:
        client = await server.connected(NumberedTrack())
        await until(lambda: len(client.pictures) > 15)
    red, green, blue = client.pictures[-1][1].mean(axis=(0, 1))
    assert blue > 200
    assert red < 60
    assert green < 60
    assert seen[-1].shape == (80, 320, 3)
    assert seen[-1].dtype == np.uint8
    assert seen[-1].max() == pytest.approx(LIGHT, abs=15)
