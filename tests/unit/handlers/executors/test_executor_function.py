"""Video functions on an executor, and which functions it takes."""

from __future__ import annotations

import asyncio
import functools
import inspect
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from gradio_webrtc import VideoStreamHandler
from gradio_webrtc.handlers.adapters.as_handler import as_handler
from gradio_webrtc.handlers.adapters.video_function import VideoFunction
from gradio_webrtc.handlers.executors.executor_function import (
    ExecutorFunction,
    is_generator_function,
    on_executor,
)
from tests.support import executor_work as work
from tests.support.emissions import ArrayFrame, emitted
from tests.support.sessions import until


def frame(value: int) -> ArrayFrame:
    return ArrayFrame(np.full((4, 6, 3), value, np.uint8))


async def test_a_slow_video_function_gets_the_newest_frame(link: Any) -> None:
    gate, begun = threading.Event(), threading.Event()

    def slow(image: np.ndarray, add: int = 0) -> np.ndarray:
        begun.set()
        gate.wait(30)
        return image + np.uint8(add)

    with ThreadPoolExecutor(2) as threads:
        fn = on_executor(VideoStreamHandler(slow), threads)
        made = as_handler(fn, mode="send-receive", modality="video")(asks_args=True)
        assert isinstance(made, VideoFunction)
        made.set_args([100])
        await made.start(link)
        try:
            emitting = asyncio.ensure_future(emitted(made, "video"))
            await made.receive_video(frame(1))
            await until(begun.is_set)
            for value in range(2, 9):
                await made.receive_video(frame(value))
            gate.set()
            assert (await asyncio.wait_for(emitting, 30) == 101).all()
            assert (await asyncio.wait_for(emitted(made, "video"), 30) == 108).all()
            assert made.dropped == 6
        finally:
            await made.aclose()


async def test_a_video_generator_is_called_anew_for_each_frame(link: Any) -> None:
    def twice(image: np.ndarray) -> Any:
        yield image
        yield None
        yield image + np.uint8(1)

    with ThreadPoolExecutor(1) as threads:
        fn = on_executor(twice, threads)
        made = as_handler(fn, mode="send-receive", modality="video")()
        await made.start(link)
        try:
            for value in (10, 20):
                await made.receive_video(frame(value))
                for shown in (value, value + 1):
                    assert (await asyncio.wait_for(emitted(made, "video"), 30) == shown).all()
        finally:
            await made.aclose()


def test_it_looks_like_the_function() -> None:
    with ThreadPoolExecutor(1) as threads:
        fn = ExecutorFunction(work.counts, threads)
        assert inspect.signature(fn) == inspect.signature(work.counts)
        assert fn.__name__ == "counts"  # type: ignore[attr-defined]
        assert on_executor(work.counts, None) is work.counts


def test_what_yields_is_known_before_it_is_called() -> None:
    class Yields:
        def __call__(self) -> Any:
            yield 1

        def method(self) -> Any:
            yield 1

    yielding = [work.counts, functools.partial(work.counts, ""), Yields(), Yields().method]
    assert all(is_generator_function(fn) for fn in yielding)
    assert not any(is_generator_function(fn) for fn in (work.where, print, Yields))
