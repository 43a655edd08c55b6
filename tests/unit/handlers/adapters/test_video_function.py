"""Video functions and generators, sync and async alike, as a session drives them."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import queue
import threading
import time
from contextvars import ContextVar

import numpy as np
import pytest

from gradio_webrtc.errors import SessionClosedError
from gradio_webrtc.handlers.adapters.as_handler import as_handler
from gradio_webrtc.handlers.video import VideoStreamHandler
from tests.support.emissions import ArrayFrame, emitted

pytestmark = pytest.mark.asyncio

who: ContextVar[str] = ContextVar("who", default="nobody")


def frame(value: int) -> np.ndarray:
    return np.full((4, 6, 3), value, np.uint8)


def plus(image, add=1):
    return image + np.uint8(add)


async def plus_async(image, add=1):
    await asyncio.sleep(0)
    return plus(image, add)


def plus_generator(image, add=1):
    yield plus(image, add)
    yield None
    yield plus(image, 2 * add)


async def plus_async_generator(image, add=1):
    for value in plus_generator(image, add):
        await asyncio.sleep(0)
        yield value


class Plus:
    def __call__(self, image, add=1):
        return plus(image, add)

    def method(self, image, add=1):
        return plus(image, add)

    def generator_method(self, image, add=1):
        yield from plus_generator(image, add)


class AsyncPlus:
    async def __call__(self, image, add=1):
        return await plus_async(image, add)


class GeneratorPlus:
    def __call__(self, image, add=1):
        return plus_generator(image, add)


FUNCTIONS = {
    "function": plus,
    "async function": plus_async,
    "lambda": lambda image, add=1: plus(image, add),
    "lambda of async": lambda image, add=1: plus_async(image, add),
    "callable object": Plus(),
    "async callable object": AsyncPlus(),
    "method": Plus().method,
    "partial": functools.partial(plus, add=1),
    "partial of async": functools.partial(plus_async, add=1),
    "VideoStreamHandler": VideoStreamHandler(plus),
    "VideoStreamHandler of async": VideoStreamHandler(plus_async, fps=10),
}
GENERATORS = {
    "generator": plus_generator,
    "async generator": plus_async_generator,
    "partial of generator": functools.partial(plus_generator, add=1),
    "partial of async generator": functools.partial(plus_async_generator, add=1),
    "generator method": Plus().generator_method,
    "object giving a generator": GeneratorPlus(),
    "VideoStreamHandler of generator": VideoStreamHandler(plus_generator),
}


@contextlib.asynccontextmanager
async def started(fn, link, *, needs_args=False, frame_format="rgb24"):
    make = as_handler(fn, mode="send-receive", modality="video", frame_format=frame_format)
    running = make(needs_args=needs_args)
    try:
        await running.start(link)
        yield running
    finally:
        await running.aclose()


async def emit(running):
    return await asyncio.wait_for(emitted(running, "video"), 5)


@pytest.mark.parametrize("fn", FUNCTIONS.values(), ids=FUNCTIONS)
async def test_every_kind_of_function(fn, link):
    async with started(fn, link) as running:
        for value in (10, 20):
            await running.receive_video(ArrayFrame(frame(value)))
            assert (await emit(running) == value + 1).all()
        assert link.requests == 0


@pytest.mark.parametrize("fn", GENERATORS.values(), ids=GENERATORS)
async def test_every_kind_of_generator_is_called_anew_for_each_frame(fn, link):
    async with started(fn, link) as running:
        for value in (10, 20):
            await running.receive_video(ArrayFrame(frame(value)))
            assert (await emit(running) == value + 1).all()
            assert (await emit(running) == value + 2).all()


@pytest.mark.parametrize(
    "fn", [plus, plus_async, plus_generator, plus_async_generator, Plus(), AsyncPlus()]
)
async def test_other_inputs_are_asked_for_waited_for_and_followed(fn, link):
    async with started(fn, link, needs_args=True) as running:
        assert link.requests == 1
        await running.receive_video(ArrayFrame(frame(10)))
        emitting = asyncio.ensure_future(emit(running))
        await asyncio.sleep(0.02)
        assert not emitting.done()
        running.set_args([5])
        assert (await emitting == 15).all()
        running.set_args([7])
        await running.receive_video(ArrayFrame(frame(10)))
        if fn in (plus_generator, plus_async_generator):
            await emit(running)  # the call under way keeps the values it was made with
        assert (await emit(running) == 17).all()


async def test_values_set_later_reach_an_optional_parameter(link):
    async with started(plus, link) as running:
        running.set_args([100])
        await running.receive_video(ArrayFrame(frame(10)))
        assert (await emit(running) == 110).all()


async def test_none_means_nothing_this_time(link):
    seen: list[int] = []

    def every_other(image):
        seen.append(int(image[0, 0, 0]))
        return None if len(seen) % 2 else image

    async with started(every_other, link) as running:
        emitting = asyncio.ensure_future(emit(running))
        await running.receive_video(ArrayFrame(frame(1)))
        await asyncio.sleep(0.05)
        assert not emitting.done()
        await running.receive_video(ArrayFrame(frame(2)))
        assert (await emitting == 2).all()
    assert seen == [1, 2]


async def test_a_generator_that_yields_nothing_goes_on_with_the_next_frame(link):
    def silent(image):
        if image[0, 0, 0] > 1:
            yield image

    async with started(silent, link) as running:
        emitting = asyncio.ensure_future(emit(running))
        await running.receive_video(ArrayFrame(frame(1)))
        await asyncio.sleep(0.02)
        await running.receive_video(ArrayFrame(frame(2)))
        assert (await emitting == 2).all()


async def test_a_slow_function_gets_the_newest_frame(link, until_async):
    go, seen = threading.Event(), []

    def slow(image):
        seen.append(int(image[0, 0, 0]))
        go.wait()
        return image

    async with started(slow, link) as running:
        await running.receive_video(ArrayFrame(frame(0)))
        emitting = asyncio.ensure_future(emit(running))
        await until_async(lambda: seen == [0])
        for value in range(1, 30):
            await running.receive_video(ArrayFrame(frame(value)))
        go.set()
        await emitting
        assert (await emit(running) == 29).all()
        assert running.dropped == 28
    assert seen == [0, 29]


async def test_without_skipping_up_to_a_second_of_frames_waits(link):
    keep_all = VideoStreamHandler(plus, fps=10, skip_frames=False)
    async with started(keep_all, link) as running:
        for value in range(12):
            await running.receive_video(ArrayFrame(frame(value)))
        assert running.dropped == 2
        assert [int((await emit(running))[0, 0, 0]) for _ in range(10)] == list(range(3, 13))


class Lazy:
    """Converts on demand and remembers where."""

    def __init__(self) -> None:
        self.converted: list[tuple[str, bool]] = []

    def to_array(self, frame_format):
        on_loop = threading.current_thread() is threading.main_thread()
        self.converted.append((frame_format, on_loop))
        return frame(10)[:, :, 0] if frame_format == "gray" else frame(10)


@pytest.mark.parametrize("fn", [plus, plus_async, plus_generator, plus_async_generator])
async def test_frames_are_converted_off_the_loop_and_only_when_used(fn, link):
    async with started(fn, link, frame_format="bgr24") as running:
        skipped, used = Lazy(), Lazy()
        await running.receive_video(skipped)
        await running.receive_video(used)
        assert (await emit(running) == 11).all()
        assert skipped.converted == []
        assert used.converted == [("bgr24", False)]


async def test_a_handlers_own_frame_format_wins(link):
    async with started(VideoStreamHandler(plus, frame_format="gray"), link) as running:
        lazy = Lazy()
        await running.receive_video(lazy)
        await emit(running)
        assert lazy.converted == [("gray", False)]
        assert running.user_code.callable is plus


@pytest.mark.parametrize("is_async", [False, True])
async def test_user_code_sees_the_callers_context(is_async, link):
    seen: list[str] = []

    def note(image):
        seen.append(who.get())
        return image

    async def note_async(image):
        return note(image)

    def note_steps(image):
        yield note(image)

    async def note_steps_async(image):
        yield note(image)

    who.set("erin")
    for fn in (note_async, note_steps_async) if is_async else (note, note_steps):
        async with started(fn, link) as running:
            await running.receive_video(ArrayFrame(frame(1)))
            await emit(running)
    assert seen == ["erin", "erin"]


async def test_exceptions_propagate(link):
    def broken(image):
        raise ValueError("broken")

    async def broken_async(image):
        raise ValueError("broken")

    def broken_steps(image):
        yield image
        raise ValueError("broken")

    async def broken_steps_async(image):
        yield image
        raise ValueError("broken")

    for fn in (broken, broken_async, broken_steps, broken_steps_async):
        async with started(fn, link) as running:
            await running.receive_video(ArrayFrame(frame(1)))
            if fn in (broken_steps, broken_steps_async):
                await emit(running)
            with pytest.raises(ValueError, match="broken"):
                await emit(running)


@pytest.mark.parametrize("is_async", [False, True])
async def test_a_generator_under_way_is_closed_with_the_session(is_async, link):
    log: list[str] = []

    def endless(image):
        try:
            while True:
                yield image
        finally:
            log.append("closed")

    async def endless_async(image):
        try:
            while True:
                yield image
        finally:
            await asyncio.sleep(0)
            log.append("closed")

    async with started(endless_async if is_async else endless, link) as running:
        await running.receive_video(ArrayFrame(frame(1)))
        await emit(running)
        await emit(running)
        assert log == []
    assert log == ["closed"]


async def test_a_generator_blocked_in_a_queue_of_its_own_is_freed(link, until_async):
    log: list[str] = []

    def blocked(image):
        words = queue.Queue()
        try:
            log.append("waits")
            yield words.get()
        finally:
            log.append("closed")

    async with started(blocked, link) as running:
        await running.receive_video(ArrayFrame(frame(1)))
        emitting = asyncio.ensure_future(running.emit("video"))
        await until_async(lambda: log == ["waits"])
        emitting.cancel()
        await asyncio.wait({emitting})
    assert log == ["waits", "closed"]


async def test_a_blocking_function_does_not_stop_the_loop(link):
    def sleeps(image):
        time.sleep(0.3)
        return image

    async with started(sleeps, link) as running:
        await running.receive_video(ArrayFrame(frame(1)))
        emitting = asyncio.ensure_future(emit(running))
        worst = 0.0
        while not emitting.done():
            begin = time.perf_counter()
            await asyncio.sleep(0.005)
            worst = max(worst, time.perf_counter() - begin)
        assert worst < 0.2


async def test_after_the_end_nothing_is_kept_or_emitted(link):
    async with started(plus, link) as running:
        pass
    await running.aclose()
    await running.receive_video(ArrayFrame(frame(1)))
    with pytest.raises(SessionClosedError):
        await running.emit("video")
