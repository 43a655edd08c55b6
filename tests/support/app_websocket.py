"""A websocket to an ASGI application in the same event loop, as an HTTP server would bring it."""

from __future__ import annotations

import asyncio
import json
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from starlette.types import ASGIApp

PATIENCE = 10.0


class Refused(Exception):
    """The application did not accept the websocket."""


class AppWebSocket:
    """``async with AppWebSocket(app, "/path?query") as socket``.

    Args:
        app: the application.
        address: path and query.
        headers: further headers of the handshake.

    Attributes:
        code: with which the application closed it, or ``None``.
    """

    def __init__(self, app: ASGIApp, address: str, headers: dict[str, str] | None = None) -> None:
        self._app = app
        self._address = urlsplit(address)
        self._headers = {"host": "test", **(headers or {})}
        self._to_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._from_app: asyncio.Queue[Any] = asyncio.Queue()
        self._running: asyncio.Task[None] | None = None
        self.code: int | None = None

    async def __aenter__(self) -> AppWebSocket:
        path = self._address.path
        scope = {
            **{"type": "websocket", "asgi": {"version": "3.0"}, "http_version": "1.1"},
            **{"scheme": "ws", "path": path, "raw_path": path.encode(), "root_path": ""},
            "query_string": self._address.query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in self._headers.items()],
            **{"client": ("127.0.0.1", 5), "server": ("test", 80), "subprotocols": []},
            **{"state": {}, "extensions": {}},
        }
        self._to_app.put_nowait({"type": "websocket.connect"})
        running = self._app(scope, self._to_app.get, self._from_app.put)
        self._running = asyncio.ensure_future(running)
        if (await self._next())["type"] != "websocket.accept":
            await self._running
            raise Refused
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._to_app.put_nowait({"type": "websocket.disconnect", "code": 1000})
        assert self._running is not None
        await asyncio.wait_for(self._running, PATIENCE)

    def send(self, message: dict[str, Any]) -> None:
        """Send an object as JSON."""
        self._to_app.put_nowait({"type": "websocket.receive", "text": json.dumps(message)})

    async def receive(self) -> dict[str, Any] | None:
        """Wait for the next message; ``None`` when the application has closed."""
        event = await self._next()
        if event["type"] == "websocket.close":
            self.code = event.get("code", 1000)
            return None
        message: dict[str, Any] = json.loads(event["text"])
        return message

    async def _next(self) -> dict[str, Any]:
        event: dict[str, Any] = await asyncio.wait_for(self._from_app.get(), PATIENCE)
        return event
