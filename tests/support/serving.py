"""A stream served by a real application, with clients to it, in one event loop."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from types import TracebackType
from typing import Any

import httpx
from aiortc.mediastreams import MediaStreamTrack
from fastapi import FastAPI

from gradio_webrtc import Stream
from gradio_webrtc.session.session import Session
from tests.support.client import LoopbackClient
from tests.support.sessions import until


class Served:
    """``async with Served(stream) as server``: mounted, started, and at the end shut down.

    Args:
        stream: what is served.
        limits: deadlines that differ from the usual, such as ``silence=1``.

    Attributes:
        clients: who was made so far.
        headers: further headers of every request.
    """

    def __init__(self, stream: Stream, **limits: float) -> None:
        self.stream = stream
        settings = stream.host.settings
        settings.limits = replace(settings.limits, **limits)
        self.app = FastAPI()
        stream.mount(self.app, path="/stream")
        self.clients: list[LoopbackClient] = []
        self.headers: dict[str, str] = {}
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Served:
        await self._stack.enter_async_context(self.app.router.lifespan_context(self.app))
        self._http = await self._stack.enter_async_context(
            httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://test")
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for client in self.clients:
            await client.close()
        await self._stack.aclose()

    async def signal(self, body: dict[str, Any]) -> dict[str, Any]:
        """Carry a request over HTTP."""
        answer = await self._http.post("/stream/webrtc/offer", json=body, headers=self.headers)
        assert answer.status_code == 200, answer.text
        result: dict[str, Any] = answer.json()
        return result

    def client(
        self,
        send: MediaStreamTrack | Sequence[MediaStreamTrack] = (),
        receive: Sequence[str] = (),
        **options: Any,
    ) -> LoopbackClient:
        """Return a client that is not connected yet; it is closed with the server."""
        tracks = [send] if isinstance(send, MediaStreamTrack) else list(send)
        client = LoopbackClient(self.signal, send=tracks, receive=receive, **options)
        self.clients.append(client)
        return client

    async def connected(
        self,
        send: MediaStreamTrack | Sequence[MediaStreamTrack] = (),
        receive: Sequence[str] = (),
        **options: Any,
    ) -> LoopbackClient:
        """Return a client that is connected."""
        client = self.client(send, receive, **options)
        await client.connect()
        return client

    def session(self, client: LoopbackClient) -> Session:
        """Return the live session of ``client``."""
        session = self.stream.host.registry.find(client.webrtc_id)
        assert session is not None
        return session

    async def empty(self, seconds: float = 20.0) -> None:
        """Wait until no session is left."""
        await until(lambda: len(self.stream.host.registry) == 0, seconds)
