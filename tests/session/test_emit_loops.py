"""User code that returns at once with nothing to play: it spins nobody and floods nobody."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import numpy as np
import pytest

from gradio_webrtc import (
    AdditionalOutputs,
    AsyncAudioVideoStreamHandler,
    AsyncStreamHandler,
    VideoStreamHandler,
)
from gradio_webrtc.handlers.adapters.as_handler import as_handler
from gradio_webrtc.session.media_pumps import AUDIO_BACKLOG, PIECES_AT_ONCE
from gradio_webrtc.session.session import Session
from gradio_webrtc.session.state import SessionState
from tests.support.emissions import ArrayFrame
from tests.support.fake_transport import FakeTransport
from tests.support.scripted_conversation import PlayingTransport, ScriptedReply, Talk
from tests.support.scripted_handler import ScriptedHandler
from tests.support.sessions import make_session, marked, open_session, settle, until

pytestmark = pytest.mark.looptime

MOST = 5_000
"""Calls after which user code gives up: without a rest the clock would stand still for ever."""

FRAME = (48_000, np.full((1, 960), 1000, np.int16))
EMPTY = (48_000, np.zeros((1, 0), np.int16))
NOTHING = {
    "outputs": AdditionalOutputs(1),
    "empty chunk": EMPTY,
    "empty chunk and outputs": (EMPTY, AdditionalOutputs(1)),
    "empty slice": b"",
    "empty slice and outputs": (b"", AdditionalOutputs(1)),
    "one sample": (48_000, np.zeros((1, 1), np.int16)),
}


class Calls:
    """Counts calls of user code, which gives up when there are too many."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1
        if self.count > MOST:
            raise RuntimeError("it spins")


def audio(value: Any, calls: Calls) -> Any:
    class Eager(AsyncStreamHandler):
        def copy(self) -> Eager:
            return Eager()

        async def receive(self, frame: Any) -> None:
            pass

        async def emit(self) -> Any:
            calls()
            return value

    return as_handler(Eager(), mode="send-receive", modality="audio")()


def pictures(value: Any, calls: Calls) -> Any:
    class Eager(AsyncAudioVideoStreamHandler):
        def copy(self) -> Eager:
            return Eager()

        async def receive(self, frame: Any) -> None:
            pass

        async def emit(self) -> Any:
            await asyncio.Event().wait()

        async def video_receive(self, frame: Any) -> None:
            pass

        async def video_emit(self) -> Any:
            calls()
            return value

    return as_handler(Eager(), mode="send-receive", modality="audio-video")()


def generator(value: Any, calls: Calls) -> Any:
    async def generate() -> AsyncIterator[Any]:
        while True:
            calls()
            yield value

    return as_handler(generate, mode="receive", modality="audio")()


def both(value: Any, calls: Calls) -> Any:
    async def generate() -> AsyncIterator[Any]:
        while True:
            calls()
            yield value

    return as_handler(generate, mode="receive", modality="audio-video")()


async def opened(handler: Any, transport: FakeTransport | None = None) -> Session:
    session = make_session(handler, transport)
    session.start()
    session.on_connected()
    await settle()
    return session


async def calls_in_two_seconds(session: Session, calls: Calls) -> int:
    """Return how many calls the second after the first makes."""
    await asyncio.sleep(1)
    first = calls.count
    await asyncio.sleep(1)
    assert session.state is SessionState.OPEN
    await session.aclose()
    return calls.count - first


@pytest.mark.parametrize("value", NOTHING.values(), ids=NOTHING)
@pytest.mark.parametrize("make", [audio, generator, both])
async def test_what_plays_nothing_is_asked_for_fifty_times_a_second(
    make: Callable[[Any, Calls], Any], value: Any
) -> None:
    calls = Calls()
    session = await opened(make(value, calls))
    await until(lambda: calls.count)
    assert calls.count < 200
    # A generator of both kinds is stepped for the other kind, which waits, a little ahead.
    assert 40 <= await calls_in_two_seconds(session, calls) <= 60


@pytest.mark.parametrize("value", [AdditionalOutputs(1), b""], ids=["outputs", "empty slice"])
async def test_pictures_that_never_come_are_asked_for_fifty_times_a_second(value: Any) -> None:
    calls = Calls()
    session = await opened(pictures(value, calls))
    await until(lambda: calls.count)
    assert 40 <= await calls_in_two_seconds(session, calls) <= 60


async def test_a_generator_for_each_picture_that_yields_nothing_for_ever() -> None:
    calls = Calls()

    async def look(image: Any) -> AsyncIterator[Any]:
        while True:
            calls()
            yield None

    session = await opened(as_handler(look, mode="send-receive", modality="video")())
    session.on_video(ArrayFrame(np.zeros((8, 8, 3), np.uint8)))
    await settle()
    assert 40 <= await calls_in_two_seconds(session, calls) <= 60


async def test_a_function_of_pictures_that_returns_nothing_lets_others_run() -> None:
    seen = 0
    others = 0

    async def look(image: Any) -> None:
        nonlocal seen
        seen += 1

    handler = VideoStreamHandler(look, fps=30, skip_frames=False)
    session = await opened(as_handler(handler, mode="send-receive", modality="video")())
    for _ in range(30):  # a backlog
        await session._handler.receive_video(ArrayFrame(np.zeros((8, 8, 3), np.uint8)))
    end = (
        time.monotonic() + 20
    )  # a thread turns each frame into an array, however busy the machine is
    while seen < 30:
        others += 1
        assert time.monotonic() < end
        await asyncio.sleep(0)
    assert others >= 25
    await session.aclose()


async def test_a_reply_that_only_says_things() -> None:
    calls = Calls()

    async def reply(audio: Any) -> AsyncIterator[Any]:
        while True:
            calls()
            yield AdditionalOutputs(calls.count)

    async with Talk(ScriptedReply(reply)) as talk:
        await talk.asks()
        before = calls.count
        await talk.passes(1)
        assert 40 <= calls.count - before <= 60
        assert talk.session.ending is None


async def test_sound_that_is_cleared_at_once() -> None:
    calls = Calls()
    transport = PlayingTransport()

    class Restless(AsyncStreamHandler):
        def copy(self) -> Restless:
            return Restless()

        async def receive(self, frame: Any) -> None:
            pass

        async def emit(self) -> Any:
            calls()
            self.clear_queue()
            return FRAME

    handler = as_handler(Restless(), mode="send-receive", modality="audio")()
    session = await opened(handler, transport)
    await until(lambda: calls.count)
    await asyncio.sleep(10)
    assert calls.count < 10 * 50 + 400
    await session.aclose()


async def test_a_handler_that_takes_sound_at_once_does_not_hold_up_others() -> None:
    """A backlog of ten seconds, worked off without a single wait."""
    handler = ScriptedHandler()
    ready = asyncio.Event()

    async def slow_start(_: object) -> None:
        await ready.wait()

    handler.on_start = slow_start
    bench = await open_session(handler)
    for value in range(AUDIO_BACKLOG):
        bench.session.on_audio(marked(value))
    ready.set()
    others = 0
    while len(handler.received) < AUDIO_BACKLOG:
        others += 1
        await asyncio.sleep(0)
    assert others >= AUDIO_BACKLOG / PIECES_AT_ONCE - 5
    await bench.session.aclose()


@pytest.mark.parametrize("beside", [1, 5, 20])
async def test_outputs_between_the_sound_leave_no_gap_and_keep_their_order(beside: int) -> None:
    """Up to a thousand outputs a second, from a generator that never waits."""
    count = 150
    said = 0

    async def generate() -> AsyncIterator[Any]:
        nonlocal said
        for _ in range(count):
            yield FRAME
            for _ in range(beside):
                said += 1
                yield AdditionalOutputs(said)

    transport = PlayingTransport()
    handler = as_handler(generate, mode="receive", modality="audio")()
    session = await opened(handler, transport)
    got: list[int] = []

    async def read() -> None:
        got.extend([outputs.args[0] async for outputs in session.outputs.read()])

    reader = asyncio.ensure_future(read())
    await until(lambda: session.state is SessionState.CLOSED)
    await reader
    assert got == list(range(1, count * beside + 1))
    loud = [time for time, samples in transport.heard if np.abs(samples).max() > 500]
    assert len(loud) >= count
    assert np.diff(loud[:count]).max() < 0.021


async def test_an_output_before_the_sound_does_not_delay_it() -> None:
    async def generate() -> AsyncIterator[Any]:
        yield AdditionalOutputs("about to speak")
        for _ in range(10):
            yield FRAME

    transport = FakeTransport()
    session = await opened(as_handler(generate, mode="receive", modality="audio")(), transport)
    assert len(transport.played) == 10
    assert asyncio.get_running_loop().time() == 0
    await session.aclose()
