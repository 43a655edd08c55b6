"""Generators and functions that make media by themselves, sync and async alike."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
import time
from contextvars import ContextVar

import numpy as np
import pytest

from gradio_webrtc.errors import SessionClosedError
from gradio_webrtc.handlers.adapters import generator as generator_module
from gradio_webrtc.handlers.adapters.as_handler import as_handler
from gradio_webrtc.handlers.protocol import EndOfStream
from gradio_webrtc.handlers.video import VideoStreamHandler
from tests.support.emissions import emitted

pytestmark = pytest.mark.asyncio

who: ContextVar[str] = ContextVar("who", default="nobody")


def sound(value, samples=480):
    return 48_000, np.full((1, samples), value, np.int16)


def count(n):
    for value in range(n):
        yield sound(value)
        yield None


async def count_async(n):
    for value in count(n):
        await asyncio.sleep(0)
        yield value


class Counter:
    def __call__(self, n):
        return count(n)


@contextlib.asynccontextmanager
async def started(fn, link, *, needs_args=False, modality="audio"):
    running = as_handler(fn, mode="receive", modality=modality)(needs_args=needs_args)
    await running.start(link)
    try:
        yield running
    finally:
        await running.aclose()


async def emit(running, kind="audio"):
    return await asyncio.wait_for(emitted(running, kind), 10)


async def rest(running, kind="audio"):
    """Everything that is still emitted, as the first sample of each chunk."""
    values = []
    while True:
        try:
            values.append(int((await emit(running, kind))[1][0, 0]))
        except EndOfStream:
            return values


@pytest.mark.parametrize("fn", [count, count_async, Counter(), lambda n: count_async(n)])
async def test_every_value_comes_once_and_then_the_end(fn, link):
    async with started(fn, link, needs_args=True) as running:
        running.set_args([3])
        assert await rest(running) == [0, 1, 2]
        with pytest.raises(EndOfStream):
            await emit(running)


async def test_a_functions_result_is_all_there_is(link):
    async def say(value):
        return sound(value)

    for fn in (sound, say):
        async with started(fn, link, needs_args=True) as running:
            running.set_args([7])
            assert await rest(running) == [7]
    async with started(lambda: None, link) as running:
        assert await rest(running) == []


async def test_it_begins_when_the_values_are_here_and_asks_for_them(link):
    called = threading.Event()

    def note(n):
        called.set()
        yield sound(n)

    async with started(note, link, needs_args=True) as running:
        assert link.requests == 1
        emitting = asyncio.ensure_future(emit(running))
        await asyncio.sleep(0.05)
        assert not called.is_set()
        running.set_args([5])
        assert (await emitting)[1][0, 0] == 5
        running.set_args([6])  # it has been called already
        assert await rest(running) == []


async def test_values_that_came_before_the_start_are_not_asked_for(link):
    running = as_handler(count, mode="receive", modality="audio")(needs_args=True)
    running.set_args([2])
    await running.start(link)
    assert link.requests == 0
    assert await rest(running) == [0, 1]
    await running.aclose()


async def test_optional_values_are_not_waited_for(link):
    async with started(lambda n=1: count(n), link) as running:
        assert link.requests == 0
        assert await rest(running) == [0]


@pytest.mark.parametrize("is_async", [False, True])
async def test_one_that_has_nothing_does_not_use_up_a_core(is_async, link):
    steps = 0

    def idle():
        nonlocal steps
        while True:
            steps += 1
            yield None

    async def idle_async():
        for value in idle():
            yield value

    async with started(idle_async if is_async else idle, link) as running:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(running.emit("audio"), 0.5)
    assert 0 < steps <= 30


@pytest.mark.parametrize("is_async", [False, True])
async def test_user_code_sees_the_callers_context_and_its_errors_come_out(is_async, link):
    seen = []

    def broken():
        seen.append(who.get())
        yield sound(1)
        raise ValueError("broken")

    async def broken_async():
        seen.append(who.get())
        yield sound(1)
        raise ValueError("broken")

    who.set("erin")
    async with started(broken_async if is_async else broken, link) as running:
        await emit(running)
        with pytest.raises(ValueError, match="broken"):
            await emit(running)
    assert seen == ["erin"]


@pytest.mark.parametrize("is_async", [False, True])
async def test_it_is_closed_with_the_session_where_it_runs(is_async, link):
    log = []

    def endless():
        try:
            while True:
                yield sound(1)
        finally:
            log.append(threading.current_thread() is threading.main_thread())

    async def endless_async():
        try:
            while True:
                yield sound(1)
        finally:
            await asyncio.sleep(0.02)
            log.append(threading.current_thread() is threading.main_thread())

    async with started(endless_async if is_async else endless, link) as running:
        await emit(running)
        assert log == []
    assert log == [is_async]
    with pytest.raises((SessionClosedError, EndOfStream)):
        await emit(running)


async def test_one_that_waits_for_ever_is_freed(link, until_async):
    log = []

    def blocked():
        try:
            log.append("waits")
            yield queue.Queue().get()
        finally:
            log.append("closed")

    async with started(blocked, link) as running:
        emitting = asyncio.ensure_future(running.emit("audio"))
        await until_async(lambda: log == ["waits"])
        emitting.cancel()
        await asyncio.wait({emitting})
    assert log == ["waits", "closed"]


async def test_closing_one_that_ignores_it_is_bounded(link):
    async def stubborn():
        try:
            yield sound(1)
            await asyncio.sleep(60)
        finally:
            # An app's own clean-up that takes for ever must not keep the place of a session.
            await gate.wait()

    gate = asyncio.Event()
    async with started(stubborn, link) as running:
        await emit(running)
        begin = time.monotonic()
    assert time.monotonic() - begin < 5
    gate.set()
    await asyncio.sleep(0.01)


async def test_a_slow_step_does_not_stop_the_loop(link):
    def slow():
        time.sleep(0.3)
        yield sound(1)

    async with started(slow, link) as running:
        emitting = asyncio.ensure_future(emit(running))
        worst = 0.0
        while not emitting.done():
            begin = time.perf_counter()
            await asyncio.sleep(0.005)
            worst = max(worst, time.perf_counter() - begin)
        assert worst < 0.2


async def test_a_video_handlers_rate_is_known():
    def pictures():
        yield np.zeros((4, 4, 3), np.uint8)

    for fn, fps in ((pictures, 30), (VideoStreamHandler(pictures, fps=12), 12)):
        handler = as_handler(fn, mode="receive", modality="video")()
        assert handler.fps == fps
        assert (handler.receives, handler.emits) == (frozenset(), {"video"})
        assert handler.user_code is pictures


@pytest.mark.parametrize("is_async", [False, True])
async def test_one_generator_feeds_sound_and_pictures(is_async, link):
    def talking(n):
        for number in range(n):
            yield np.full((4, 4, 3), number, np.uint8), sound(number)

    async def talking_async(n):
        for value in talking(n):
            await asyncio.sleep(0)
            yield value

    async def shown(running):
        pictures = []
        with contextlib.suppress(EndOfStream):
            while True:
                timed = await emit(running, "video")
                pictures.append(int(timed.picture[0, 0, 0]))
        return pictures

    fn = talking_async if is_async else talking
    async with started(fn, link, needs_args=True, modality="audio-video") as running:
        assert running.emits == {"audio", "video"}
        running.set_args([8])
        both = await asyncio.gather(rest(running), shown(running))
    assert both == [list(range(8)), list(range(8))]


async def test_one_with_defaults_asks_and_goes_on_without(link, monkeypatch):
    monkeypatch.setattr(generator_module, "DEFAULTS_AFTER_S", 0.05)
    called: list[int] = []

    def count_on(start=7):
        called.append(start)
        yield sound(start)

    for given, expected in ((None, 7), ([3], 3)):
        handler = as_handler(count_on, mode="receive", modality="audio")(asks_args=True)
        await handler.start(link)
        if given is not None:
            handler.set_args(given)
        await handler.emit("audio")
        assert called[-1] == expected
        await handler.aclose()
    assert link.requests == 2
