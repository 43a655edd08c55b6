"""A stream that answers calls, served by uvicorn on this event loop, and callers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from types import TracebackType
from typing import Any

import uvicorn
from fastapi import FastAPI

from gradio_webrtc import Stream
from gradio_webrtc.session.session import Session
from gradio_webrtc.simulated_calls.call import SimulatedCall
from tests.support.sessions import until


@asynccontextmanager
async def served(server: uvicorn.Server) -> AsyncIterator[str]:
    """Serve on this event loop until the block is left; give the address."""
    # Without uvicorn's handlers of signals, which belong to the tests' process.
    serving = asyncio.ensure_future(server._serve())
    try:
        await until(lambda: server.started or serving.done())
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


class PhoneServer:
    """``async with PhoneServer(stream) as server:`` mounted at ``/phone`` and served.

    Args:
        stream: what answers.
        app: where it is mounted; by default an app of its own.
        limits: deadlines that differ from the usual, such as ``time_limit=1``.

    Attributes:
        server: uvicorn's.
        url: of the server.
    """

    def __init__(self, stream: Stream, app: FastAPI | None = None, **limits: Any) -> None:
        self.stream = stream
        stream.host.settings.limits = replace(stream.host.settings.limits, **limits)
        self.app = app or FastAPI()
        stream.mount(self.app, path="/phone")
        config = uvicorn.Config(
            self.app, host="127.0.0.1", port=0, log_config=None, timeout_graceful_shutdown=5
        )
        self.server = uvicorn.Server(config)
        self.url = ""
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> PhoneServer:
        self.url = await self._stack.enter_async_context(served(self.server))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.stop()

    async def stop(self) -> None:
        """Shut the server down as a signal would. Idempotent."""
        await self._stack.aclose()

    def call(self, **options: Any) -> SimulatedCall:
        """Return a call to the stream that has not begun; ``options`` are the call's."""
        return SimulatedCall(f"{self.url}/phone/telephone/incoming", **options)

    def session(self, call: SimulatedCall) -> Session:
        """Return the live session of ``call``."""
        session = self.stream.host.registry.find(call.stream_sid)
        assert session is not None
        return session

    async def empty(self, seconds: float = 20.0) -> None:
        """Wait until no session is left."""
        await until(lambda: len(self.stream.host.registry) == 0, seconds)
