"""A stream on a real HTTP server, and the public client's address of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from gradio_webrtc import Stream
from tests.support.uvicorn_server import AppServer

PATH = "/stream"


@asynccontextmanager
async def address_of(stream: Stream, app: FastAPI | None = None) -> AsyncIterator[str]:
    """Serve ``stream`` in this event loop; give the address that ``connect`` takes."""
    app = app or FastAPI()
    stream.mount(app, PATH)
    async with AppServer(app) as server:
        yield f"{server.url}{PATH}"
