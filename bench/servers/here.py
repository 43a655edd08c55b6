"""The server under test: this package's ``Stream`` on FastAPI."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from queue import Queue
from typing import Any

import gradio as gr
import numpy as np
import numpy.typing as npt
from fastapi import FastAPI

from bench.servers.films import film, small_film
from bench.servers.pictures import VIDEO_HANDLERS, busy
from bench.servers.replying import long_reply, short_reply
from bench.servers.serve import handler_names, serve
from gradio_webrtc import (
    AlgoOptions,
    AsyncStreamHandler,
    IsolatedProcessPool,
    ReplyOnPause,
    Stream,
    StreamHandler,
    TurnTimings,
)
from tests.support import demos

Chunk = tuple[int, npt.NDArray[np.int16]]


class Echo(StreamHandler):
    """The guide's echo: a plain queue, and an ``emit`` that blocks on it."""

    def __init__(self) -> None:
        super().__init__()
        self.queue: Queue[Chunk] = Queue()

    def receive(self, frame: Chunk) -> None:
        """Queue what the person said."""
        self.queue.put(frame)

    def emit(self) -> Chunk:
        """Return it."""
        return self.queue.get()

    def copy(self) -> Echo:
        """Return a fresh one."""
        return Echo()


class AsyncEcho(AsyncStreamHandler):
    """The same with coroutines."""

    def __init__(self) -> None:
        super().__init__()
        self.queue: asyncio.Queue[Chunk] = asyncio.Queue()

    async def receive(self, frame: Chunk) -> None:
        """Queue what the person said."""
        self.queue.put_nowait(frame)

    async def emit(self) -> Chunk:
        """Return it."""
        return await self.queue.get()

    def copy(self) -> AsyncEcho:
        """Return a fresh one."""
        return AsyncEcho()


class Idle(Echo):
    """Never has anything to say; ``emit`` waits for it."""

    def receive(self, frame: Chunk) -> None:
        """Drop it."""

    def copy(self) -> Idle:
        """Return a fresh one."""
        return Idle()


class IdleNone(Idle):
    """Never has anything to say; ``emit`` says so at once, each time it is asked."""

    def emit(self) -> Any:
        """Return nothing."""
        return None

    def copy(self) -> IdleNone:
        """Return a fresh one."""
        return IdleNone()


def ball() -> ReplyOnPause:
    """Return what the demo of the Magic 8 Ball talks with, as ``make demo`` does."""
    handler = demos.load("magic_8_ball").handler
    assert isinstance(handler, ReplyOnPause)
    return handler


TURNS: list[TurnTimings] = []
"""What the server itself tells of the turns that are over."""


AUDIO_HANDLERS: dict[str, Callable[[], StreamHandler | AsyncStreamHandler]] = {
    "audio-echo": Echo,
    "audio-async": AsyncEcho,
    "idle": Idle,
    "idle-none": IdleNone,
    "turn": partial(ReplyOnPause, short_reply, turn_detector=None),  # silence, as fastrtc has it
    "turn-timed": partial(ReplyOnPause, short_reply, turn_detector=None, on_turn=TURNS.append),
    "turn-300": partial(ReplyOnPause, short_reply, algo_options=AlgoOptions(silence_ms=300)),
    "ball": ball,
    "interrupt": partial(ReplyOnPause, long_reply, turn_detector=None),
}


WATCHED = {"viewers-shared": True, "viewers-apart": False}
"""Streams that people watch, and whether all watch the same."""

NARROW = "viewers-narrow"
"""What people watch of whom some have a narrow network."""


def processes() -> IsolatedProcessPool:
    """Return a pool of two processes."""
    return IsolatedProcessPool(2)


EXECUTORS = {"video-eight-threads": None, "video-eight-pool": processes}
"""Where the busy function of eight sessions runs."""


def make_stream(name: str) -> Stream:
    """Return the stream of one handler."""
    if name in WATCHED:
        return Stream(
            film,
            mode="receive",
            concurrency_limit=None,
            max_bitrate=3_000_000,
            shared=WATCHED[name],
        )
    if name == NARROW:
        return Stream(
            small_film,
            mode="receive",
            concurrency_limit=None,
            max_bitrate=1_200_000,
            video_codec="VP8",
            shared=True,
        )
    if name in EXECUTORS:
        where = EXECUTORS[name]
        return Stream(busy, modality="video", concurrency_limit=None, executor=where)
    if name in VIDEO_HANDLERS:
        return Stream(VIDEO_HANDLERS[name], modality="video", concurrency_limit=None)
    return Stream(AUDIO_HANDLERS[name](), modality="audio", concurrency_limit=None)


def main() -> None:
    """Serve the handlers named on the command line, each under its name."""
    app = FastAPI()

    @app.get("/bench/turns")
    async def turns() -> dict[str, list[dict[str, Any]]]:
        """Answer the timings of the turns that are over."""
        return {"turns": [turn.as_json() for turn in TURNS]}

    for name in handler_names():
        if name.startswith("page-"):
            # Loaded for these only: what draws the film has the browser's driver with it.
            from bench.servers.pages import PAGES

            app = gr.mount_gradio_app(app, PAGES[name](), path=f"/{name}")
        else:
            make_stream(name).mount(app, path=f"/{name}")
    serve(app)


if __name__ == "__main__":
    main()
