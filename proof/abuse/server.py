"""The server that is abused: an ordinary echo, and handlers that do what no handler should."""

from __future__ import annotations

import os
import resource
from collections.abc import Callable
from functools import partial

from fastapi import FastAPI

from bench.servers.serve import handler_names, serve
from gradio_webrtc import AsyncStreamHandler, IsolatedProcessPool, Recording, Stream, StreamHandler
from proof.abuse import handlers
from proof.calls.server import LiveEcho

FOLDER = "PROOF_ABUSE_FOLDER"
"""Variable with where recordings go."""
FILE_BYTES = "PROOF_ABUSE_FILE_BYTES"
"""Variable with how large a file may become: what is more fails, as on a disk that is full."""

SOUND: dict[str, Callable[[], StreamHandler | AsyncStreamHandler]] = {
    "echo": LiveEcho,
    "recorded": LiveEcho,
    "blocks": handlers.Blocks,
    "blocks-loop": handlers.BlocksLoop,
    "leaks": handlers.Leaks,
    "giant-sound": handlers.GiantSound,
    "raises-made": handlers.RaisesWhenMade,
    "raises-async": handlers.RaisesAsync,
    **{
        f"raises-{where}": partial(handlers.Raises, where)
        for where in ("copy", "start_up", "receive", "emit", "shutdown")
    },
}
PICTURES = {
    "giant-picture": handlers.giant_picture,
    "computes": handlers.computes,
    "computes-pool": handlers.computes,
    "one-call": handlers.one_long_call,
    "one-call-pool": handlers.one_long_call,
}


def pool() -> IsolatedProcessPool:
    """Return one process."""
    return IsolatedProcessPool(1)


def make_stream(name: str) -> Stream:
    """Return the stream of one handler."""
    if name in SOUND:
        record = Recording(os.environ[FOLDER]) if name == "recorded" else None
        return Stream(SOUND[name](), modality="audio", concurrency_limit=None, record=record)
    if name in PICTURES:
        where = pool if name.endswith("-pool") else None
        return Stream(PICTURES[name], modality="video", concurrency_limit=None, executor=where)
    return Stream(handlers.raises_later, modality="video", mode="receive", concurrency_limit=None)


def main() -> None:
    """Serve the handlers named on the command line, each under its name."""
    if FILE_BYTES in os.environ:
        limit = int(os.environ[FILE_BYTES])
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    app = FastAPI()
    for name in handler_names():
        make_stream(name).mount(app, path=f"/{name}")
    serve(app)


if __name__ == "__main__":
    main()
