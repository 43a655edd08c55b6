"""Ending sessions when uvicorn is told to stop, which it tells no application before it is late.

Uvicorn lets an application's lifespan end only when every HTTP request is over, and requests such
as a page's heartbeat or a stream of additional outputs end with the sessions. So the sessions are
ended when the server is told, by a signal or by Gradio, and uvicorn is given that as a task to wait
for. Its own handling of signals and of a second Ctrl-C stays as it is.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

import uvicorn

from gradio_webrtc.server.process_end import END_SECONDS, Host, be_impatient, running_hosts

_CLOSES_SESSIONS = "_gradio_webrtc_closes_sessions"


def watch_server() -> None:
    """End the sessions when the uvicorn server of this, the main, thread gets a signal to stop.

    Does nothing on other threads, where uvicorn handles no signals, and when other handlers than
    uvicorn's are set.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
        if not hasattr(signal, name):
            continue
        number: signal.Signals = getattr(signal, name)
        handler = signal.getsignal(number)
        server = getattr(handler, "__self__", None)
        if callable(handler) and isinstance(server, uvicorn.Server):
            signal.signal(number, _Stopping(server, handler))


class _Stopping:
    """A signal handler of uvicorn's that ends the sessions as well."""

    def __init__(
        self, server: uvicorn.Server, handler: Callable[[int, FrameType | None], object]
    ) -> None:
        self._server = server
        self._handler = handler

    def __call__(self, number: int, frame: FrameType | None) -> None:
        if self._server.should_exit:
            be_impatient()
        else:
            _end_sessions(self._server, None, None)
        self._handler(number, frame)


def close_sessions_first(server: uvicorn.Server | None, stopping: asyncio.Event) -> None:
    """Have ``close`` of Gradio's server end the sessions of the loop it runs, which is this one.

    Args:
        server: what Gradio serves with; ``None`` when its app is part of another.
        stopping: ends the heartbeats of Gradio's pages. Gradio itself sets it in ``close()``, but
            not on Ctrl-C, and then waits five seconds for them.
    """
    close = getattr(server, "close", None)
    if not isinstance(server, uvicorn.Server) or close is None:
        return
    if getattr(server, _CLOSES_SESSIONS, False):
        return
    loop = asyncio.get_running_loop()

    def closing() -> None:
        interrupted = isinstance(sys.exc_info()[1], KeyboardInterrupt)
        with contextlib.suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(stopping.set)
        _end_sessions(server, loop, END_SECONDS if interrupted else None)
        try:
            close()
        except KeyboardInterrupt:
            be_impatient()
            raise
        if interrupted:
            be_impatient()  # they had their time

    setattr(server, "close", closing)  # noqa: B010 - uvicorn's own has no such method
    setattr(server, _CLOSES_SESSIONS, True)


def _end_sessions(
    server: uvicorn.Server, loop: asyncio.AbstractEventLoop | None, limit: float | None
) -> None:
    """Begin to end the sessions of ``loop``, or all, and have ``server`` wait for it."""
    for host, its_loop in running_hosts(loop):
        with contextlib.suppress(RuntimeError):  # it was closed in the meantime
            its_loop.call_soon_threadsafe(_end_sessions_of, host, server, limit)


def _end_sessions_of(host: Host, server: uvicorn.Server, limit: float | None) -> None:
    ending = asyncio.ensure_future(host.stop_serving())
    waiting = asyncio.ensure_future(asyncio.wait([ending], timeout=limit))
    tasks: set[Any] = server.server_state.tasks
    tasks.add(waiting)
    waiting.add_done_callback(tasks.discard)
