"""The server of these calls, which also tells what it holds."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from fastapi import FastAPI

from bench.servers.here import AsyncEcho, Chunk
from bench.servers.pictures import instant
from bench.servers.replying import LONG_SECONDS, short_reply, tone
from bench.servers.serve import handler_names, serve
from gradio_webrtc import AsyncStreamHandler, CloseStream, ReplyOnPause, Stream, StreamHandler
from proof.calls.stages import HANDLERS as CUT_OFF

MOST_WAITING = 5
"""Pieces of 20 ms."""


class Closes(AsyncEcho):
    """Says something short, and hangs up."""

    async def emit(self) -> Any:
        """Return a piece of what was said, then the end."""
        await super().emit()
        return CloseStream("goodbye")

    def copy(self) -> Closes:
        """Return a fresh one."""
        return Closes()


class LiveEcho(AsyncEcho):
    """Leaves out what has waited for long, so that a moment without a processor is not for good."""

    async def receive(self, frame: Chunk) -> None:
        """Queue what the person said, and the newest of it only when nobody came to fetch it."""
        while self.queue.qsize() >= MOST_WAITING:
            self.queue.get_nowait()
        await super().receive(frame)

    def copy(self) -> LiveEcho:
        """Return a fresh one."""
        return LiveEcho()


def greets() -> ReplyOnPause:
    """Return a voice that speaks first, and for long."""
    return ReplyOnPause(short_reply, startup_fn=greeting)


def greeting() -> Iterator[Chunk]:
    """Yield a long tone."""
    yield from tone(LONG_SECONDS)


def talks() -> ReplyOnPause:
    """Return who answers with a short tone."""
    return ReplyOnPause(short_reply, turn_detector=None)


VIDEO = {"video": instant}

HANDLERS: dict[str, Callable[[], StreamHandler | AsyncStreamHandler]] = {
    "echo": AsyncEcho,
    "greets": greets,
    "closes": Closes,
    "audio": LiveEcho,
    "voice": talks,
}


def make_stream(name: str) -> Stream:
    """Return the stream of one handler; those that are cut off give strangers up sooner."""
    if name in VIDEO:
        return Stream(VIDEO[name], modality="video", concurrency_limit=None)
    stream = Stream(HANDLERS[name](), modality="audio", concurrency_limit=None)
    if name in CUT_OFF:
        settings = stream.host.settings
        settings.limits = replace(settings.limits, connect=4.0, first_sign=2.0, silence=3.0)
    return stream


class _MallInfo(ctypes.Structure):
    """``struct mallinfo2`` of the GNU C library."""

    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in (
            "arena",
            "ordblks",
            "smblks",
            "hblks",
            "hblkhd",
            "usmblks",
            "fsmblks",
            "uordblks",
            "fordblks",
            "keepcost",
        )
    )


def allocated() -> int:
    """Return how many bytes are allocated and not freed, in all arenas; 0 where none tells."""
    ask = getattr(ctypes.CDLL(None), "mallinfo2", None)
    if ask is None:
        return 0
    ask.restype = _MallInfo
    info = ask()
    return int(info.uordblks + info.hblkhd)


def main() -> None:
    """Serve the handlers named on the command line, each under its name."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("gradio_webrtc").setLevel(logging.INFO)  # how each session ended
    app = FastAPI()
    streams = {name: make_stream(name) for name in handler_names()}
    for name, stream in streams.items():
        stream.mount(app, path=f"/{name}")

    @app.get("/proof/state")
    async def state() -> dict[str, int | list[str]]:
        """Answer what is there after a collection of garbage."""
        gc.collect()
        return {
            "running": sorted(
                getattr(task.get_coro(), "__qualname__", task.get_name())
                for task in asyncio.all_tasks()
            ),
            "sessions": sum(len(stream.host.registry) for stream in streams.values()),
            "tasks": len(asyncio.all_tasks()),
            "objects": len(gc.get_objects()),
            "allocated": allocated(),
        }

    serve(app)


if __name__ == "__main__":
    main()
