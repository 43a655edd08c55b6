"""Files and slices of them, over real peer connections."""

from __future__ import annotations

import queue
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradio_webrtc import AdditionalOutputs, AudioVideoStreamHandler, Stream, StreamHandler
from gradio_webrtc.media import file_source
from tests.support.client import LoopbackClient
from tests.support.encoded_files import encode_audio, encode_video, slices, tone
from tests.support.recognisable_tracks import main_frequency
from tests.support.serving import Served
from tests.support.sessions import until

MP3 = encode_audio(tone(1.5, 44_100, 700.0), "mp3", 44_100)
WAV = encode_audio(tone(1.0, 24_000, 700.0), "wav", 24_000)
CLIP = encode_video(1.5, size=(160, 120), samples=tone(1.5, frequency=700.0))


def loud_seconds(client: LoopbackClient) -> float:
    """Return how much of what was heard is tone: a sine is below the mark 4 % of its time."""
    return float((np.abs(client.sound().astype(int)) > 1000).sum() / 48_000) / 0.96


def greys(client: LoopbackClient) -> list[float]:
    return [float(picture.mean()) for _, picture in client.pictures]


def whole() -> Iterator[Any]:
    yield MP3
    yield WAV


def sliced() -> Iterator[Any]:
    yield from slices(MP3, [1000, 37])
    yield from slices(WAV, [5000])


async def sliced_async() -> AsyncIterator[Any]:
    for value in sliced():
        yield value


@pytest.mark.parametrize("fn", [whole, sliced, sliced_async])
async def test_files_are_heard_whole_and_without_gaps(fn: Callable[..., Any]) -> None:
    async with Served(Stream(fn, mode="receive", modality="audio")) as server:
        client = await server.connected(receive=["audio"])
        assert (await client.message("end_stream"))["reason"] == "handler_finished"
        await server.empty()
        await until(lambda: client.closed)
    assert main_frequency(client.sound()) == pytest.approx(700, abs=3)
    assert loud_seconds(client) == pytest.approx(2.5, abs=0.12)
    loud = np.flatnonzero(np.abs(client.sound().astype(int)) > 1000)
    # The longest silence between two loud moments; a gap of one packet would be 960.
    assert np.diff(loud).max() < 300


class Answering(StreamHandler):
    """Says a file and something beside it."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self.values: queue.Queue[Any] = queue.Queue()

    def start_up(self) -> None:
        self.values.put((self.path, AdditionalOutputs("hello")))

    def receive(self, frame: Any) -> None:
        pass

    def emit(self) -> Any:
        return self.values.get()

    def copy(self) -> StreamHandler:
        return Answering(self.path)


async def test_a_handler_says_a_file(tmp_path: Path) -> None:
    path = tmp_path / "hello.mp3"
    path.write_bytes(MP3)
    async with Served(Stream(Answering(str(path)), mode="receive", modality="audio")) as server:
        client = await server.connected(receive=["audio"])
        await client.message("fetch_output")
        await until(lambda: loud_seconds(client) > 1.4, 30)
    assert main_frequency(client.sound()) == pytest.approx(700, abs=3)


async def test_sound_and_pictures_of_a_file_are_played_together(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(CLIP)
    stream = Stream(lambda: file_source(path), mode="receive", modality="audio-video")
    async with Served(stream) as server:
        client = await server.connected(receive=["audio", "video"])
        assert (await client.message("end_stream"))["reason"] == "handler_finished"
    assert loud_seconds(client) == pytest.approx(1.5, abs=0.2)
    shown = greys(client)
    assert len(shown) > 25
    assert shown == sorted(shown)
    began, ended = client.pictures[0][0], client.pictures[-1][0]
    assert 1.1 < ended - began < 6, "at the file's own rate"


async def test_pictures_alone_are_shown_at_their_own_rate() -> None:
    def clips(frame: Any) -> Iterator[Any]:
        yield CLIP
        yield CLIP

    stream = Stream(lambda: clips(None), mode="receive", modality="video")
    async with Served(stream) as server:
        client = await server.connected(receive=["video"])
        assert (await client.message("end_stream"))["reason"] == "handler_finished"
    assert 50 < len(client.pictures) <= 90
    assert 2.5 < client.pictures[-1][0] - client.pictures[0][0] < 9


class Showing(AudioVideoStreamHandler):
    """Gives the sound of a file with one method and its pictures with the other."""

    def __init__(self) -> None:
        super().__init__()
        self.sounds = iter([CLIP])
        self.pictures = iter([CLIP])

    def receive(self, frame: Any) -> None:
        pass

    def emit(self) -> Any:
        return next(self.sounds, None)

    def video_receive(self, frame: Any) -> None:
        pass

    def video_emit(self) -> Any:
        return next(self.pictures, None)

    def copy(self) -> AudioVideoStreamHandler:
        return Showing()


async def test_a_handler_of_both_shows_a_file() -> None:
    async with Served(Stream(Showing(), mode="receive", modality="audio-video")) as server:
        client = await server.connected(receive=["audio", "video"])
        await until(lambda: loud_seconds(client) > 1.4 and len(client.pictures) > 25, 30)
    shown = greys(client)
    assert shown == sorted(shown)


async def test_a_damaged_file_is_heard_and_then_named(tmp_path: Path) -> None:
    path = tmp_path / "broken.mp4"
    options = {"movflags": "faststart"}
    mp4 = encode_audio(tone(2.0), "mp4", options=options, path=path)
    path.write_bytes(mp4[: len(mp4) // 2])
    stream = Stream(lambda: iter([path]), mode="receive", modality="audio")
    async with Served(stream) as server:
        client = await server.connected(receive=["audio"])
        error = await client.message("error")
        await server.empty()
    assert error["data"].startswith("broken.mp4: it is damaged")
    assert loud_seconds(client) == pytest.approx(0.9, abs=0.2)


@pytest.mark.parametrize("size", [2_000_000_000, 200_000])
async def test_a_header_that_is_wrong_ends_no_session(size: int) -> None:
    at = WAV.index(b"data") + 4
    lying = WAV[:at] + size.to_bytes(4, "little") + WAV[at + 4 :]
    stream = Stream(lambda: iter([lying]), mode="receive", modality="audio")
    async with Served(stream) as server:
        client = await server.connected(receive=["audio"])
        ended = await client.message("end_stream")
        await server.empty()
    assert ended["reason"] == "handler_finished"
    assert not [message for message in client.messages if message["type"] == "error"]
    assert loud_seconds(client) == pytest.approx(1.0, abs=0.1)
