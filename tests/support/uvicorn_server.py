"""An app behind a real HTTP server, in the event loop of the test."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from tests.support.sessions import until


class AppServer:
    """``async with AppServer(app) as server``: served until the block is left.

    Args:
        app: what is served.
        options: uvicorn's.

    Attributes:
        server: uvicorn's.
    """

    def __init__(self, app: ASGIApp, **options: Any) -> None:
        usual = {"log_level": "warning", "timeout_graceful_shutdown": 5}
        self.server = uvicorn.Server(
            uvicorn.Config(app, host="127.0.0.1", port=0, **{**usual, **options})
        )

    async def __aenter__(self) -> AppServer:
        # Without uvicorn's handlers of signals, which belong to the tests' process.
        self._serving = asyncio.ensure_future(self.server._serve())
        await until(lambda: self.server.started or self._serving.done())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.stop()

    @property
    def port(self) -> int:
        """Where it listens, on 127.0.0.1."""
        port: int = self.server.servers[0].sockets[0].getsockname()[1]
        return port

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    async def stop(self) -> None:
        """Stop as on Ctrl-C, and wait for it. Idempotent."""
        self.server.should_exit = True
        await asyncio.wait_for(asyncio.shield(self._serving), 30)
