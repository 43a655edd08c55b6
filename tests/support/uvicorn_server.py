"""An app behind a real HTTP server, in the event loop of the test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI

from tests.support.sessions import until


class AppServer:
    """A running server.

    Attributes:
        server: uvicorn's.
        port: where it listens, on 127.0.0.1.
    """

    def __init__(self, app: FastAPI, **options: Any) -> None:
        config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", **options)
        self.server = uvicorn.Server(config)
        self._serving = asyncio.ensure_future(self.server.serve())

    @property
    def port(self) -> int:
        """Where it listens."""
        port: int = self.server.servers[0].sockets[0].getsockname()[1]
        return port

    async def stop(self) -> None:
        """Stop as on Ctrl-C, and wait for it."""
        self.server.should_exit = True
        await asyncio.wait_for(asyncio.shield(self._serving), 20)


@asynccontextmanager
async def serving(app: FastAPI, **options: Any) -> AsyncIterator[AppServer]:
    """Serve ``app``; ``options`` are uvicorn's."""
    made = AppServer(app, **options)
    await until(lambda: made.server.started)
    try:
        yield made
    finally:
        await made.stop()
