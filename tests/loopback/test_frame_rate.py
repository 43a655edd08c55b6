"""How many pictures a second are shown, and which, over real peer connections."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from gradio_webrtc import Stream, VideoStreamHandler
from tests.support.client import LoopbackClient
from tests.support.recognisable_tracks import NumberedTrack, number_of, numbered
from tests.support.serving import Served
from tests.support.sessions import until

pytestmark = pytest.mark.asyncio


def endless(frame: Any) -> Iterator[Any]:
    number = 0
    while True:
        yield numbered(number)
        number += 1


async def endless_async(frame: Any) -> AsyncIterator[Any]:
    number = 0
    while True:
        yield numbered(number)
        number += 1


def most_in(seconds: float, fps: float) -> float:
    """Return how many pictures may come at most in the first so many seconds.

    It is counted from before there is a connection: what a busy machine delivers late comes closer
    together, and so exceeds its rate for a while.
    """
    return 1.1 * fps * seconds + 3


def without_gap(numbers: list[int]) -> int:
    """Return the length of the longest stretch in which each number follows the one before."""
    longest = run = 0
    for before, after in pairwise(numbers):
        run = run + 1 if after == before + 1 else 0
        longest = max(longest, run)
    return longest


def best_rate(client: LoopbackClient, count: int) -> float:
    """Return how many pictures a second came in the fastest stretch of ``3 * count``."""
    times = [arrived for arrived, _ in client.pictures[5:]]
    spans = [later - at for at, later in zip(times, times[3 * count :], strict=False)]
    return 3 * count / min(spans) if spans else 0.0


@pytest.mark.parametrize(
    ("source", "fps"), [(endless, 5), (endless_async, 20), (endless, 30), (endless, 60)]
)
async def test_a_generator_that_is_always_ready_is_shown_at_its_fps(
    source: Callable[..., Any], fps: int
) -> None:
    async with Served(Stream(VideoStreamHandler(source, fps=fps))) as server:
        began = time.monotonic()
        client = await server.connected(NumberedTrack())
        await until(lambda: len(client.pictures) > 2.5 * fps)
        # A machine that is busy with other things shows less for a while.
        await until(lambda: best_rate(client, max(8, fps // 3)) > 0.85 * fps, 40)
        came, passed = len(client.pictures), time.monotonic() - began
    assert came < most_in(passed, fps)
    numbers = [number_of(picture) for _, picture in client.pictures[5:]]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


@pytest.mark.serial  # measures how late pictures are
async def test_a_fast_function_is_called_no_more_often_than_fps_and_with_the_newest() -> None:
    calls: list[float] = []

    def look(frame: Any) -> Any:
        calls.append(time.monotonic())
        return frame

    track = NumberedTrack(fps=30)
    async with Served(Stream(VideoStreamHandler(look, fps=10))) as server:
        began = time.monotonic()
        client = await server.connected(track)
        await until(lambda: len(client.pictures) > 30)
        called, came, passed = len(calls), len(client.pictures), time.monotonic() - began
    assert max(called, came) < most_in(passed, 10)
    delays = [
        arrived - track.sent_at[number]
        for arrived, picture in client.pictures[5:]
        if (number := number_of(picture)) in track.sent_at
    ]
    # The newest: older by the journey and at most one interval of the camera, not of the output.
    assert np.median(delays) < 0.6


async def test_a_camera_at_the_same_rate_loses_nothing() -> None:
    seen: list[int] = []
    track = NumberedTrack(fps=30)

    def look(frame: Any) -> Any:
        seen.append(number_of(frame))
        return frame

    async with Served(Stream(VideoStreamHandler(look, fps=30))) as server:
        client = await server.connected(track)
        # Rates that were compared without any play would lose every second or third picture.
        await until(lambda: without_gap(seen) >= 45, 60)
    assert client.pictures


@pytest.mark.parametrize("fps", [10, 30])
async def test_every_frame_in_order_when_none_may_be_skipped(fps: int) -> None:
    """Bursts of slowness are made up for from the queue, up to a second of frames."""
    seen: list[int] = []

    def look(frame: Any) -> Any:
        seen.append(number_of(frame))
        if len(seen) == 10:
            time.sleep(0.5)
        return frame

    handler = VideoStreamHandler(look, fps=fps, skip_frames=False)
    async with Served(Stream(handler)) as server:
        client = await server.connected(NumberedTrack(fps=fps * 0.9))
        await until(lambda: len(seen) > 40, 30)
        dropped = server.session(client)._handler.dropped
    settled = seen[3:]  # an encoder's first pictures can be unreadable
    assert settled == sorted(settled)
    if dropped == 0:  # a machine that stands still for a second may lose some, and says so
        assert settled == list(range(settled[0], settled[0] + len(settled)))
    # Pictures reach the page as well, in the same order.
    numbers = [number_of(picture) for _, picture in client.pictures[5:]]
    assert numbers == sorted(numbers)


async def test_what_waits_is_bounded_and_what_is_dropped_is_counted(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, logger="gradio_webrtc")
    release = threading.Event()
    seen: list[int] = []

    def stuck(frame: Any) -> Any:
        release.wait(20)
        seen.append(number_of(frame))
        return frame

    track = NumberedTrack(fps=30)
    handler = VideoStreamHandler(stuck, fps=10, skip_frames=False)
    async with Served(Stream(handler)) as server:
        client = await server.connected(track)
        session = server.session(client)
        await until(lambda: session._handler.dropped > 15)
        assert session._handler.dropped <= track.sent - 10
        last = track.sent
        release.set()
        await until(lambda: len(seen) > 8)
    # After the first, which it was stuck in, it gets those of the last second.
    assert min(seen[1:8]) > last - 30
    assert any(
        "dropped" in record.message and f"{session._handler.dropped} video frames" in record.message
        for record in caplog.records
    )
