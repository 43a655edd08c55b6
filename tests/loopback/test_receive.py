"""What the server makes by itself, over real peer connections."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from gradio_webrtc import (
    AdditionalOutputs,
    AsyncStreamHandler,
    CloseStream,
    Stream,
    StreamHandler,
    VideoStreamHandler,
    get_current_context,
)
from gradio_webrtc.handlers.protocol import Modality
from gradio_webrtc.server.quotas import Requester
from tests.support.client import LoopbackClient, RefusedError
from tests.support.recognisable_tracks import loudness, main_frequency, number_of, numbered, tone
from tests.support.serving import Served
from tests.support.sessions import until

Chunk = tuple[int, NDArray[np.int16]]
Picture = NDArray[np.uint8]
PIECE = 4_800
UNSEEN = 1
"""aiortc's receiver, this client's, gives out a picture when the one after it has begun."""


def beep(frequency: float, pieces: int) -> Iterator[Chunk]:
    for piece in range(pieces):
        yield 48_000, tone(frequency, 10_000, piece * PIECE, PIECE)


async def beep_async(frequency: float, pieces: int) -> AsyncIterator[Chunk]:
    for chunk in beep(frequency, pieces):
        await asyncio.sleep(0)
        yield chunk


def whole_beep(frequency: float, pieces: int) -> Chunk:
    return 48_000, tone(frequency, 10_000, 0, pieces * PIECE)


def loud_seconds(client: LoopbackClient) -> float:
    return float((np.abs(client.sound().astype(int)) > 500).mean() * client.heard)


async def asked(server: Served, modality: Modality, *values: Any) -> LoopbackClient:
    """Return a connected client that was asked for values and gave ``values``."""
    kinds = modality.split("-")
    client = await server.connected(receive=kinds)
    await client.message("send_input")
    server.stream.set_input(client.webrtc_id, *values)
    return client


@pytest.mark.parametrize("fn", [beep, beep_async, whole_beep])
async def test_sound_is_heard_to_its_end_and_then_the_stream_is_over(
    fn: Callable[..., Any],
) -> None:
    async with Served(Stream(fn, mode="receive", modality="audio")) as server:
        client = await asked(server, "audio", 700, 15)
        goodbye = await client.message("end_stream")
        assert (goodbye["data"], goodbye["reason"]) == ("", "handler_finished")
        await server.empty()
        await until(lambda: client.closed)
    assert main_frequency(client.sound()) == pytest.approx(700, abs=3)
    # A sine of this loudness is below 500 for 3 % of its time.
    assert loud_seconds(client) == pytest.approx(1.5 * 0.97, abs=0.08)


def countdown(start: int, count: int) -> Iterator[Picture]:
    for number in range(start, start - count, -1):
        yield numbered(number)


async def countdown_async(start: int, count: int) -> AsyncIterator[Picture]:
    for picture in countdown(start, count):
        await asyncio.sleep(0.02)
        yield picture


@pytest.mark.parametrize("fn", [countdown, countdown_async, VideoStreamHandler(countdown, fps=20)])
async def test_pictures_come_in_order_to_the_last(fn: Callable[..., Any]) -> None:
    async with Served(Stream(fn, mode="receive", modality="video")) as server:
        client = await asked(server, "video", 1000, 40)
        assert (await client.message("end_stream"))["reason"] == "handler_finished"
        await server.empty()
    shown = [number_of(picture) for _, picture in client.pictures]
    assert shown == sorted(shown, reverse=True)
    assert shown[-1] - 961 <= UNSEEN
    assert len(set(shown)) > 20


def talking(frequency: float, count: int) -> Iterator[Any]:
    for number in range(count):
        chunk = 48_000, tone(frequency, 10_000, number * 1600, 1600)
        yield (numbered(number), chunk), AdditionalOutputs(number)
    yield CloseStream("That was all.")


async def talking_async(frequency: float, count: int) -> AsyncIterator[Any]:
    for value in talking(frequency, count):
        yield value


@pytest.mark.parametrize("fn", [talking, talking_async])
async def test_one_generator_gives_sound_and_pictures(fn: Callable[..., Any]) -> None:
    async with Served(Stream(fn, mode="receive", modality="audio-video")) as server:
        client = await asked(server, "audio-video", 500, 45)
        session = server.session(client)
        goodbye = await client.message("end_stream")
        assert (goodbye["data"], goodbye["reason"]) == ("That was all.", "handler_finished")
        await server.empty()
        outputs = [outputs.args async for outputs in session.outputs.read()]
    assert outputs == [(number,) for number in range(45)]
    assert main_frequency(client.sound()) == pytest.approx(500, abs=3)
    assert loud_seconds(client) == pytest.approx(1.5 * 0.97, abs=0.15)
    assert 44 - number_of(client.pictures[-1][1]) <= UNSEEN


@pytest.mark.parametrize("fn", [beep, countdown])
async def test_only_one_of_two_kinds_may_come(fn: Callable[..., Any]) -> None:
    async with Served(Stream(fn, mode="receive", modality="audio-video")) as server:
        client = await asked(server, "audio-video", 600, 12)
        assert (await client.message("end_stream"))["reason"] == "handler_finished"
    if fn is beep:
        assert main_frequency(client.sound()) == pytest.approx(600, abs=3)
    else:
        assert number_of(client.pictures[-1][1]) - 589 <= UNSEEN


async def test_nothing_to_ask_for_starts_at_once_and_knows_its_session() -> None:
    seen: list[str] = []

    def greeting() -> Iterator[Chunk]:
        seen.append(get_current_context().webrtc_id)
        yield from beep(900, 5)

    async with Served(Stream(greeting, mode="receive", modality="audio")) as server:
        client = await server.connected(receive=["audio"])
        await client.message("end_stream")
        assert {message["type"] for message in client.messages} == {"end_stream"}
    assert seen == [client.webrtc_id]
    assert main_frequency(client.sound()) == pytest.approx(900, abs=3)


class Speaker(StreamHandler):
    """Only emits."""

    def __init__(self) -> None:
        super().__init__()
        self.chunks: Iterator[Chunk] | None = None

    def receive(self, frame: Any) -> None:
        raise AssertionError("nothing is sent")

    def emit(self) -> Any:
        if self.chunks is None:
            self.wait_for_args_sync()
            self.chunks = beep(*self.latest_args[1:])
        return next(self.chunks, CloseStream(""))

    def copy(self) -> StreamHandler:
        return Speaker()


class AsyncSpeaker(AsyncStreamHandler):
    """The same with coroutines."""

    def __init__(self) -> None:
        super().__init__()
        self.chunks: Iterator[Chunk] | None = None

    async def receive(self, frame: Any) -> None:
        raise AssertionError("nothing is sent")

    async def emit(self) -> Any:
        if self.chunks is None:
            await self.wait_for_args()
            self.chunks = beep(*self.latest_args[1:])
        return next(self.chunks, CloseStream(""))

    def copy(self) -> AsyncStreamHandler:
        return AsyncSpeaker()


@pytest.mark.parametrize("handler", [Speaker, AsyncSpeaker])
async def test_stream_handlers_that_only_emit(handler: Callable[[], Any]) -> None:
    async with Served(Stream(handler(), mode="receive", modality="audio")) as server:
        client = await asked(server, "audio", 800, 10)
        assert (await client.message("end_stream"))["reason"] == "handler_finished"
    assert main_frequency(client.sound()) == pytest.approx(800, abs=3)


async def test_a_failure_in_the_middle_is_told() -> None:
    def fragile() -> Iterator[Chunk]:
        yield from beep(700, 3)
        raise ValueError("the voice broke")

    stream = Stream(fragile, mode="receive", modality="audio", show_error=True)
    async with Served(stream) as server:
        client = await server.connected(receive=["audio"])
        goodbye = await client.message("end_stream")
        assert goodbye["reason"] == "handler_error"
        assert goodbye["data"] == "ValueError: the voice broke"


async def test_back_pressure_holds_a_generator_to_half_a_second() -> None:
    made = 0

    def eager() -> Iterator[Chunk]:
        nonlocal made
        for chunk in beep(700, 1000):
            made += 1
            yield chunk

    async with Served(Stream(eager, mode="receive", modality="audio")) as server:
        client = await server.connected(receive=["audio"])
        await until(lambda: client.heard > 1)
        # Half a second waits, one chunk was yielded for it, and a busy machine hears late.
        assert made / 10 < client.heard + 2
        assert loudness(client.sound(0.3)) > 5000


async def test_a_start_is_for_the_page_that_pressed() -> None:
    async with Served(Stream(beep, mode="receive", modality="audio")) as server:
        host = server.stream.host
        token = host.starts.remember("page", (650, 5))

        async def as_owner(owner: str, body: dict[str, Any]) -> dict[str, Any]:
            return await host.signal(body, Requester(owner))

        for owner, start in (("other", token), ("page", "made-up"), ("page", 7)):
            client = server.clients.add(lambda body, o=owner: as_owner(o, body), receive=["audio"])
            with pytest.raises(RefusedError) as refusal:
                await client.connect(start=start)
            assert refusal.value.meta["error"] == "unknown_start"
            assert len(host.registry) == 0
        # It may be used again: a page that lost its connection comes back with it.
        for _ in range(2):
            client = server.clients.add(lambda body: as_owner("page", body), receive=["audio"])
            await client.connect(start=token)
            await client.message("end_stream")
            assert [message["type"] for message in client.messages] == ["end_stream"]
            assert main_frequency(client.sound()) == pytest.approx(650, abs=3)
            await server.empty()
