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
from tests.support.client import LoopbackClient, Signal
from tests.support.sessions import until


class StreamServer:
    """A stream in an application, and what tests ask of its sessions.

    Args:
        stream: what is served.
        path: where it is mounted.
        app: in which application.
        limits: deadlines that differ from the usual, such as ``silence=1``.
    """

    def __init__(self, stream: Stream, path: str, app: FastAPI, **limits: Any) -> None:
        self.stream = stream
        settings = stream.host.settings
        settings.limits = replace(settings.limits, **limits)
        self.app = app
        stream.mount(app, path=path)

    def session_of(self, webrtc_id: str) -> Session:
        """Return the live session with this id."""
        session = self.stream.host.registry.find(webrtc_id)
        assert session is not None
        return session

    async def empty(self, seconds: float = 20.0) -> None:
        """Wait until no session is left."""
        await until(lambda: len(self.stream.host.registry) == 0, seconds)


class Clients:
    """Clients that are closed together: ``async with Clients() as clients``."""

    def __init__(self) -> None:
        self._made: list[LoopbackClient] = []

    async def __aenter__(self) -> Clients:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for client in self._made:
            await client.close()

    def add(self, signal: Signal, **options: Any) -> LoopbackClient:
        """Return a client that is not connected yet; ``options`` are its own."""
        client = LoopbackClient(signal, **options)
        self._made.append(client)
        return client

    def forget(self, client: LoopbackClient) -> None:
        """Leave it to others to close ``client``."""
        self._made.remove(client)


class Served(StreamServer):
    """``async with Served(stream) as server``: mounted, started, and at the end shut down.

    Args:
        stream: what is served.
        limits: deadlines that differ from the usual, such as ``silence=1``.

    Attributes:
        clients: who was made so far; they are closed with the server.
        headers: further headers of every request.
    """

    def __init__(self, stream: Stream, **limits: float) -> None:
        super().__init__(stream, "/stream", FastAPI(), **limits)
        self.clients = Clients()
        self.headers: dict[str, str] = {}
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Served:
        await self._stack.enter_async_context(self.app.router.lifespan_context(self.app))
        self._http = await self._stack.enter_async_context(
            httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://test")
        )
        await self._stack.enter_async_context(self.clients)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
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
        return self.clients.add(self.signal, send=tracks, receive=receive, **options)

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
        return self.session_of(client.webrtc_id)
