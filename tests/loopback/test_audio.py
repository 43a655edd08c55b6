"""Sound over real peer connections."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
import pytest

from gradio_webrtc import AdditionalOutputs, AsyncStreamHandler, CloseStream, Stream, StreamHandler
from tests.support.echo_handlers import AsyncEchoHandler, EchoHandler
from tests.support.recognisable_tracks import SineTrack, loudness, main_frequency, purity, tone
from tests.support.serving import Served
from tests.support.sessions import until


@pytest.mark.parametrize("handler", [EchoHandler, AsyncEchoHandler])
async def test_a_sine_comes_back_as_that_sine(handler: type[StreamHandler]) -> None:
    async with Served(Stream(handler(), modality="audio")) as server:
        client = await server.connected(SineTrack(440, 8000))
        # A busy machine may stop the clocks for a moment, which is a gap in a second of sound.
        await until(lambda: client.heard > 1.5 and purity(client.sound(1.0), 440) > 0.99)
        sound = client.sound(1.0)
    assert main_frequency(sound) == pytest.approx(440, abs=2)
    assert loudness(sound) == pytest.approx(8000 / np.sqrt(2), rel=0.1)


class Beeper(StreamHandler):
    """Says a second of sound in odd pieces, then ends the stream."""

    def __init__(self) -> None:
        super().__init__()
        self.said = False

    def receive(self, frame: Any) -> None:
        pass

    def emit(self) -> Any:
        if self.said:
            return CloseStream("That was all.")
        self.said = True
        sound = (tone(600, 10_000, 0, 48_000) / 32_768).astype(np.float32)
        return (48_000, sound[0]), AdditionalOutputs("beep")

    def copy(self) -> StreamHandler:
        return Beeper()


async def test_a_handler_that_closes_the_stream_is_heard_to_the_end() -> None:
    async with Served(Stream(Beeper(), modality="audio")) as server:
        client = await server.connected(SineTrack())
        session = server.session(client)
        goodbye = await client.message("end_stream")
        assert goodbye == {
            "type": "end_stream",
            "data": "That was all.",
            "reason": "handler_finished",
        }
        await client.message("fetch_output")
        loud = np.abs(client.sound().astype(int)) > 1000
        # The receiver may still hold back a little of the second.
        assert loud.sum() / 48_000 > 0.7
        await server.empty()
        assert [outputs.args async for outputs in session.outputs.read()] == [("beep",)]
        await until(lambda: client.closed)


class LongTalker(AsyncStreamHandler):
    """Emits a minute at once, and is silenced by the first control word."""

    def __init__(self) -> None:
        super().__init__()
        self.said = False

    async def receive(self, frame: Any) -> None:
        pass

    async def emit(self) -> Any:
        if self.said:
            await asyncio.Event().wait()
        self.said = True
        return 48_000, tone(600, 10_000, 0, 60 * 48_000)

    def copy(self) -> AsyncStreamHandler:
        return LongTalker()


async def test_clearing_the_queue_silences_a_long_chunk() -> None:
    async with Served(Stream(LongTalker(), modality="audio")) as server:
        client = await server.connected(SineTrack())
        await until(lambda: loudness(client.sound(0.3)) > 5000)
        server.session(client).transport.playback.clear()
        cleared = asyncio.get_running_loop().time()
        await until(lambda: asyncio.get_running_loop().time() - client.last_loud > 1)
        assert client.last_loud - cleared < 5  # of its minute


class Recorder(StreamHandler):
    """Keeps what it hears, all copies in one list."""

    heard: list[tuple[int, np.ndarray[Any, Any]]]

    def __init__(self, heard: list[Any]) -> None:
        super().__init__(input_sample_rate=16_000, expected_layout="mono")
        self.heard = heard

    def receive(self, frame: Any) -> None:
        self.heard.append(frame)

    def emit(self) -> Any:
        return None

    def copy(self) -> StreamHandler:
        return Recorder(self.heard)


class Told(AsyncStreamHandler):
    """Says half a second of sound, and notes how much was played and when that was all."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = False
        self.notes: list[float] = []

    async def receive(self, frame: Any) -> None:
        pass

    async def emit(self) -> Any:
        if not self.begun:
            self.begun = True
            assert self.seconds_played() == 0
            return 48_000, tone(600, 10_000, 0, 24_000)
        self.notes.append(self.seconds_played())
        await self.wait_until_played()
        self.notes.append(self.seconds_played())
        return CloseStream("That was all.")

    def copy(self) -> Told:
        Told.live = Told()
        return Told.live

    live: Told


async def test_a_handler_learns_how_much_was_played_and_when_it_is_over() -> None:
    async with Served(Stream(Told(), modality="audio")) as server:
        client = await server.connected(SineTrack())
        await client.message("end_stream")
    # It is called again while most of that still waits to be played, as there is room.
    before, after = Told.live.notes
    assert before < 0.45
    assert after == pytest.approx(0.5, abs=0.03)


async def test_a_client_may_only_send() -> None:
    heard: list[Any] = []
    stream = Stream(Recorder(heard), modality="audio", mode="send")
    async with Served(stream) as server:
        client = await server.connected(SineTrack(1000, 9000))
        await until(lambda: len(heard) > 80 and purity(recent(heard), 1000, 16_000) > 0.98)
        assert client.audio == []
    assert {(rate, array.shape[0], array.dtype.name) for rate, array in heard} == {
        (16_000, 1, "int16")
    }
    assert main_frequency(recent(heard), 16_000) == pytest.approx(1000, abs=3)


def recent(heard: list[Any]) -> np.ndarray[Any, Any]:
    """Return about the last second of what was heard."""
    return np.concatenate([array[0] for _, array in heard[-50:]])
