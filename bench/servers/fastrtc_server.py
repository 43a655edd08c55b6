"""``fastrtc`` 0.0.34: its ``Stream`` on FastAPI. Runs in an environment of its own."""

# That environment is not the one the checks run in, so nothing is known of its types.
# mypy: disable-error-code="import-not-found, misc"

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from queue import Queue
from typing import Any

from fastapi import FastAPI
from fastrtc import AsyncStreamHandler, ReplyOnPause, Stream, StreamHandler
from fastrtc.stream import Body

from bench.servers.pictures import VIDEO_HANDLERS
from bench.servers.published_vad import PublishedVad
from bench.servers.replying import long_reply, short_reply
from bench.servers.serve import handler_names, serve


class Echo(StreamHandler):
    """The guide's echo: a plain queue, and an ``emit`` that blocks on it."""

    def __init__(self) -> None:
        super().__init__()
        self.queue: Queue[Any] = Queue()

    def receive(self, frame: Any) -> None:
        """Queue what the person said."""
        self.queue.put(frame)

    def emit(self) -> Any:
        """Return it."""
        return self.queue.get()

    def copy(self) -> Echo:
        """Return a fresh one."""
        return Echo()


class AsyncEcho(AsyncStreamHandler):
    """The same with coroutines."""

    def __init__(self) -> None:
        super().__init__()
        self.queue: asyncio.Queue[Any] = asyncio.Queue()

    async def start_up(self) -> None:
        """Nothing to prepare."""

    async def receive(self, frame: Any) -> None:
        """Queue what the person said."""
        self.queue.put_nowait(frame)

    async def emit(self) -> Any:
        """Return it."""
        return await self.queue.get()

    def copy(self) -> AsyncEcho:
        """Return a fresh one."""
        return AsyncEcho()


class Idle(Echo):
    """Never has anything to say; ``emit`` waits for it."""

    def receive(self, frame: Any) -> None:
        """Drop it."""

    def copy(self) -> Idle:
        """Return a fresh one."""
        return Idle()


class IdleNone(Idle):
    """Never has anything to say; ``emit`` says so at once, as its documentation asks."""

    def emit(self) -> Any:
        """Return nothing."""
        return None

    def copy(self) -> IdleNone:
        """Return a fresh one."""
        return IdleNone()


class PictureStream(Stream):
    """Sends the inputs a page would send: without any, it hands pictures back unprocessed."""

    async def offer(self, body: Body) -> Any:
        """Answer an offer."""
        answer = await super().offer(body)
        self.set_input(body.webrtc_id, None)
        return answer


def _replying(fn: Any) -> ReplyOnPause:
    return ReplyOnPause(fn, model=PublishedVad())


AUDIO_HANDLERS: dict[str, Callable[[], Any]] = {
    "audio-echo": Echo,
    "audio-async": AsyncEcho,
    "idle": Idle,
    "idle-none": IdleNone,
    "turn": partial(_replying, short_reply),
    "interrupt": partial(_replying, long_reply),
}


def make_stream(name: str) -> Stream:
    """Return the stream of one handler."""
    # Its ``None`` means one connection, not any number; and without an explicit empty list of
    # servers it would ask a public STUN server.
    options: dict[str, Any] = {
        "concurrency_limit": 100,
        "server_rtc_configuration": {"iceServers": []},
        "verbose": False,
    }
    if name in VIDEO_HANDLERS:
        return PictureStream(VIDEO_HANDLERS[name], modality="video", **options)
    return Stream(AUDIO_HANDLERS[name](), modality="audio", **options)


def main() -> None:
    """Serve the handlers named on the command line, each under its name."""
    app = FastAPI()
    for name in handler_names():
        make_stream(name).mount(app, path=f"/{name}")
    serve(app)


if __name__ == "__main__":
    main()
