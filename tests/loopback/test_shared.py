"""Several viewers of one generator, over real connections."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gradio_webrtc import AdditionalOutputs, CloseStream, Stream, WebRTCError, show_info
from gradio_webrtc.server.sharing import shared_sources
from gradio_webrtc.transports.media_preferences import VideoCodec
from tests.support.client import LoopbackClient
from tests.support.recognisable_tracks import main_frequency, number_of, numbered, tone
from tests.support.recordings import decode
from tests.support.serving import Served
from tests.support.sessions import until

SECONDS = 30.0
"""How long what has to happen may take on a busy machine."""

REPEATS = 10
"""Pictures that may be encoded once more for a key frame that was asked for, at the most."""


class Camera:
    """A generator function that goes on until it is told.

    Attributes:
        calls: with which values it was called.
        shown: how many pictures it has yielded.
        closed: how often it was closed or went to its end.
        last: makes the last value; raises, or yields a ``CloseStream``.
        still: while it is not set, no further picture comes.
    """

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.shown = 0
        self.closed = 0
        self.last: Callable[[], Any] | None = None
        self.moving = threading.Event()
        self.moving.set()

    def film(self, *args: Any) -> Iterator[Any]:
        """Yield numbered pictures, with the values' number as the first."""
        self.calls.append(args)
        start = args[0] if args else 0
        try:
            for number in itertools.count(start):
                self.shown += 1
                yield numbered(number), AdditionalOutputs(number)
                self.moving.wait()
                if self.last is not None:
                    yield self.last()
                    return
        finally:
            self.closed += 1


def served(camera: Camera, **options: Any) -> Served:
    return Served(Stream(camera.film, mode="receive", modality="video", shared=True, **options))


async def watch(server: Served, *values: Any) -> LoopbackClient:
    client = await server.connected(receive=["video"])
    server.stream.set_input(client.webrtc_id, *values)
    return client


async def seen(*clients: LoopbackClient, pictures: int = 5) -> None:
    for client in clients:
        await until(lambda client=client: len(client.pictures) >= pictures, SECONDS)


def only_file(folder: Path) -> Path:
    [path] = folder.iterdir()
    return path


def numbers(client: LoopbackClient) -> list[int]:
    return [number_of(picture) for _, picture in client.pictures]


@pytest.mark.parametrize("codec", ["VP8", "H264"])
async def test_three_watch_what_is_computed_and_encoded_once(codec: VideoCodec) -> None:
    camera = Camera()
    async with served(camera, video_codec=codec) as server:
        first, second = await watch(server), await watch(server)
        await seen(first, second, pictures=40)
        late = await watch(server)
        await seen(late)
        [source] = server.stream.host.sources.live()
        assert camera.calls == [()]
        # Encoded for each, it would be what both have seen together, at least.
        assert source.transport.video.encoded <= camera.shown * 1.25 + REPEATS
        assert numbers(late)[0] >= 10  # what the others see now
        assert numbers(late) == sorted(numbers(late))


async def test_who_comes_while_nothing_moves_sees_the_picture_that_stands() -> None:
    camera = Camera()
    camera.moving.clear()
    async with served(camera) as server:
        first = await watch(server)
        await until(lambda: camera.shown == 1, SECONDS)
        late = await watch(server)
        # aiortc's receiver gives out a picture when the next one has begun.
        [source] = server.stream.host.sources.live()
        for _ in range(3):
            before = source.transport.video.encoded
            source.transport.video.ask_key_frame(source.audience.viewers()[-1])
            await until(lambda before=before: source.transport.video.encoded > before, SECONDS)
        await seen(first, late, pictures=1)
        assert set(numbers(late)) == {0}
        assert camera.shown == 1
        camera.moving.set()


async def test_it_goes_on_while_anybody_watches_and_ends_after_the_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shared_sources, "LINGER_SECONDS", 0.2)
    camera = Camera()
    async with served(camera) as server:
        first, second = await watch(server), await watch(server)
        await seen(first, second)
        await first.close()
        await until(lambda: len(server.stream.host.registry) == 1, SECONDS)
        count = len(second.pictures)
        await seen(second, pictures=count + 20)
        assert not camera.closed
        await second.close()
        await until(lambda: camera.closed == 1, SECONDS)
        await until(lambda: not server.stream.host.sources.live(), SECONDS)
        again = await watch(server)
        await seen(again)
        assert len(camera.calls) == 2


async def test_who_chose_something_else_watches_something_else() -> None:
    camera = Camera()
    async with served(camera) as server:
        low, high, low_too = [await watch(server, start) for start in (100, 9000, 100)]
        await seen(low, high, low_too)
        assert sorted(camera.calls) == [(100,), (9000,)]
        assert max(numbers(low) + numbers(low_too)) < 9000 <= min(numbers(high))


async def test_an_error_reaches_everybody_and_the_log_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    camera = Camera()

    def fail() -> Any:
        raise WebRTCError("The camera is broken.")

    async with served(camera) as server:
        clients = [await watch(server), await watch(server)]
        await seen(*clients)
        camera.last = fail
        for client in clients:
            assert (await client.message("error", SECONDS))["message"] == "The camera is broken."
            assert (await client.message("end_stream"))["reason"] == "handler_error"
        await until(lambda: not server.stream.host.occupied(), SECONDS)
    failures = [each for each in caplog.records if "the handler failed" in each.getMessage()]
    assert len(failures) == 1


async def test_its_end_and_words_reach_everybody_and_one_recording_is_made(
    tmp_path: Path,
) -> None:
    camera = Camera()
    async with served(camera, record=str(tmp_path)) as server:
        clients = [await watch(server), await watch(server)]
        await seen(*clients)
        camera.last = lambda: CloseStream("The match is over.")
        for client in clients:
            goodbye = await client.message("end_stream", SECONDS)
            assert goodbye["data"] == "The match is over."
            assert goodbye["reason"] == "handler_finished"
        await until(lambda: not server.stream.host.occupied(), SECONDS)
    assert decode(only_file(tmp_path)).codecs["video"] == "vp8"


async def test_when_the_server_stops_everybody_is_told_and_the_generator_closed() -> None:
    camera = Camera()
    async with served(camera) as server:
        clients = [await watch(server), await watch(server)]
        await seen(*clients)
        await server.stream.host.aclose()
        assert camera.closed == 1
        for client in clients:
            assert (await client.message("end_stream"))["reason"] == "server_shutdown"


async def test_a_time_limit_ends_one_viewer_and_not_the_others() -> None:
    camera = Camera()
    async with served(camera) as server:
        staying = await watch(server)
        settings = server.stream.host.settings
        unlimited, settings.limits = settings.limits, replace(settings.limits, time_limit=1.0)
        leaving = await watch(server)
        settings.limits = unlimited
        assert (await leaving.message("end_stream", SECONDS))["reason"] == "time_limit"
        count = len(staying.pictures)
        await seen(staying, pictures=count + 20)
        assert not camera.closed
        assert len(camera.calls) == 1


async def test_outputs_and_messages_reach_every_viewer() -> None:
    camera = Camera()
    camera.moving.clear()

    def film() -> Iterator[Any]:
        show_info("It begins.")
        yield from camera.film()

    stream = Stream(film, mode="receive", modality="video", shared=True)
    async with Served(stream) as server:
        first = await server.connected(receive=["video"])
        assert (await first.message("info", SECONDS))["message"] == "It begins."
        late = await server.connected(receive=["video"])
        got = [await stream.host.fetch_latest_output(each.webrtc_id) for each in (first, late)]
        assert [each.args for each in got] == [(0,), (0,)]  # the newest, to who came late
        camera.moving.set()
        more = [await stream.host.fetch_latest_output(each.webrtc_id) for each in (first, late)]
        assert [each.args for each in more] == [(1,), (1,)]


def talking() -> Iterator[Any]:
    for number in itertools.count():
        yield numbered(number), (48_000, tone(500, 10_000, number * 1600, 1600))


async def test_audio_is_encoded_once_and_goes_with_the_picture() -> None:
    stream = Stream(talking, mode="receive", modality="audio-video", shared=True)
    async with Served(stream) as server:
        clients = [await server.connected(receive=["audio", "video"]) for _ in range(3)]
        await seen(*clients, pictures=20)
        for client in clients:
            await until(lambda client=client: client.heard > 2, SECONDS)
            assert main_frequency(client.sound(1.0)) == pytest.approx(500, abs=3)
        [source] = server.stream.host.sources.live()
        encoded_s = source.transport.audio.encoded * 0.02
        # Encoded for each, it would be what all of them heard together.
        assert encoded_s < clients[0].heard + 2
