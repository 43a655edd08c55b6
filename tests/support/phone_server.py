"""A stream that answers calls, served by uvicorn on this event loop, and callers."""

from __future__ import annotations

from types import TracebackType
from typing import Any

from fastapi import FastAPI

from gradio_webrtc import Stream
from gradio_webrtc.session.session import Session
from gradio_webrtc.simulated_calls.call import SimulatedCall
from tests.support.serving import StreamServer
from tests.support.uvicorn_server import AppServer


class PhoneServer(StreamServer):
    """``async with PhoneServer(stream) as server:`` mounted at ``/phone`` and served.

    Args:
        stream: what answers.
        app: where it is mounted; by default an app of its own.
        limits: deadlines that differ from the usual, such as ``time_limit=1``.

    Attributes:
        url: of the server.
    """

    def __init__(self, stream: Stream, app: FastAPI | None = None, **limits: Any) -> None:
        super().__init__(stream, "/phone", app or FastAPI(), **limits)
        self._server = AppServer(self.app)
        self.url = ""

    async def __aenter__(self) -> PhoneServer:
        await self._server.__aenter__()
        self.url = self._server.url
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
        await self._server.stop()

    def call(self, **options: Any) -> SimulatedCall:
        """Return a call to the stream that has not begun; ``options`` are the call's."""
        return SimulatedCall(f"{self.url}/phone/telephone/incoming", **options)

    def session(self, call: SimulatedCall) -> Session:
        """Return the live session of ``call``."""
        return self.session_of(call.stream_sid)
