"""Programs that serve a recorded echo, to be ended in many ways: ``python program.py HOW``.

What the echo's end does is appended to ``ENDS`` in the folder that ``ECHO_FOLDER`` names.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from fastapi import FastAPI
from fastapi.responses import StreamingResponse

from gradio_webrtc import (
    AsyncStreamHandler,
    IsolatedProcessPool,
    Recording,
    ReplyOnPause,
    Stream,
    StreamHandler,
    WebRTC,
)
from tests.support import executor_work
from tests.support.echo_handlers import AsyncEchoHandler, EchoHandler

FOLDER = Path(os.environ.get("ECHO_FOLDER", "."))
ENDS = FOLDER / "ends"


def note(word: str) -> None:
    """Append a line to the file of ends."""
    with ENDS.open("a", encoding="utf-8") as file:
        file.write(f"{word}\n")


class Echo(EchoHandler):
    """An echo that notes its end."""

    def copy(self) -> StreamHandler:
        return Echo()

    def shutdown(self) -> None:
        note("shutdown")
        if "stubborn" in sys.argv:
            time.sleep(60)


class Blocking(AsyncEchoHandler):
    """An echo whose author calls blocking code in a coroutine."""

    made = 0

    def copy(self) -> AsyncStreamHandler:
        return Blocking()

    async def start_up(self) -> None:
        Blocking.made += 1
        if Blocking.made == 2:
            time.sleep(float(os.environ.get("BLOCK_SECONDS", "7")))  # noqa: ASYNC251 - the mistake


class Overloaded(AsyncEchoHandler):
    """An echo that takes three times as long as there is time."""

    def copy(self) -> AsyncStreamHandler:
        return Overloaded()

    async def receive(self, frame: tuple[int, Any]) -> None:
        time.sleep(0.06)  # noqa: ASYNC251 - what a busy machine does to an honest one
        await super().receive(frame)


def finished(path: Path, webrtc_id: str) -> None:
    """Note a recording that is complete, with its size."""
    note(f"finished {path.stat().st_size}")


def recording() -> Recording:
    """Return where the echo is recorded."""
    return Recording(FOLDER / "recordings", on_finished=finished)


def page() -> gr.Blocks:
    """Return a page with the echo."""
    with gr.Blocks() as demo:
        audio = WebRTC(mode="send-receive", modality="audio", record=recording())
        audio.stream(Echo(), inputs=[audio], outputs=[audio], concurrency_limit=None)
    return demo


def blocked_page() -> gr.Blocks:
    """Return a page whose second visitor blocks the event loop; its patience is short."""
    with gr.Blocks() as demo:
        audio = WebRTC(mode="send-receive", modality="audio")
        audio.stream(Blocking(), inputs=[audio], outputs=[audio], concurrency_limit=None)
    assert audio._host is not None
    silence = float(os.environ.get("SILENCE_SECONDS", "3"))
    audio._host.settings.limits = replace(audio._host.settings.limits, silence=silence)
    return demo


def overloaded_page() -> gr.Blocks:
    """Return a page that has more to do than it can."""
    with gr.Blocks() as demo:
        audio = WebRTC(mode="send-receive", modality="audio")
        audio.stream(Overloaded(), inputs=[audio], outputs=[audio], concurrency_limit=None)
    return demo


def pooled_page(pool: str) -> gr.Blocks:
    """Return a page on which a process of a pool speaks, whoever comes."""
    executors: dict[str, Executor | Callable[[], Executor]] = {
        "isolated": IsolatedProcessPool(2),
        "processes": lambda: ProcessPoolExecutor(2, mp_context=get_context("spawn")),
    }
    with gr.Blocks() as demo:
        audio = WebRTC(mode="send-receive", modality="audio")
        talking = partial(executor_work.keeps_talking, str(ENDS))
        handler = ReplyOnPause(executor_work.nothing, startup_fn=talking, executor=executors[pool])
        audio.stream(handler, inputs=[audio], outputs=[audio], concurrency_limit=None)
    return demo


def mounted() -> FastAPI:
    """Return an application with the echo as a ``Stream``: ``uvicorn --factory``."""
    app = FastAPI()
    stream = Stream(Echo(), modality="audio", concurrency_limit=None, record=recording())
    stream.mount(app, "/stream")

    @app.get("/outputs/{webrtc_id}")
    async def outputs(webrtc_id: str) -> StreamingResponse:
        """Stream what the handler says on the side, which ends with the session."""
        said = (f"{each.args}\n" async for each in stream.output_stream(webrtc_id))
        return StreamingResponse(said)

    return app


def mounted_sources() -> FastAPI:
    """Return an application with two sources that callers share: ``uvicorn --factory``."""

    def source(name: str) -> Iterator[Any]:
        tone = (8_000 * np.sin(2 * np.pi * 440 * np.arange(4_800) / 48_000)).astype(np.int16)
        note(f"begun {name}")
        try:
            while True:
                yield 48_000, tone
        finally:
            note(f"finally {name}")

    app = FastAPI()
    for name in ("heard", "left"):
        shared = Stream(partial(source, name), mode="receive", modality="audio", shared=True)
        shared.mount(app, f"/{name}")
    return app


def mounted_page() -> FastAPI:
    """Return an application with the page in it: ``uvicorn --factory``."""
    return gr.mount_gradio_app(FastAPI(), page(), "")


def own_handler(number: int, frame: object) -> None:
    """Handle SIGTERM as an app's author might, who knows nothing of sessions."""
    note("the author's handler")
    sys.exit(7)


def terminated_child() -> None:
    """Fork a child that waits, and note how it ends when it is told to."""
    child = multiprocessing.get_context("fork").Process(target=time.sleep, args=(60,))
    child.start()
    child.terminate()
    child.join()
    note(f"child {child.exitcode}")


PAGES = {
    "blocked": blocked_page,
    "overloaded": overloaded_page,
    "pool": lambda: pooled_page(sys.argv[2]),
}
"""Which page is launched, where it is not ``page``."""


def main(how: str) -> Any:
    """Serve the page on the main thread's terms, as ``how`` says."""
    if how == "handled":
        signal.signal(signal.SIGTERM, own_handler)
    before = signal.getsignal(signal.SIGTERM)
    demo = PAGES.get(how, page)()
    options: dict[str, Any] = {"server_name": "127.0.0.1"}
    options["server_port"] = int(os.environ["ECHO_PORT"])
    if how == "launch" or how in PAGES:
        return demo.launch(**options)
    demo.queue().launch(prevent_thread_lock=True, **options)
    if how == "sleep":
        time.sleep(1000)
    sys.stdin.readline()
    if how == "forking":
        terminated_child()
    if how == "handled":
        note(f"kept {signal.getsignal(signal.SIGTERM) is before}")
        time.sleep(1000)
    if how == "exception":
        raise RuntimeError("The main thread failed.")
    if how == "exit":
        sys.exit(3)
    return None


if __name__ == "__main__":
    main(sys.argv[1])
