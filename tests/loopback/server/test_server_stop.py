"""A real HTTP server that stops while people are connected."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from gradio_webrtc import Stream
from tests.support.client import LoopbackClient
from tests.support.echo_handlers import EchoHandler
from tests.support.recognisable_tracks import SineTrack
from tests.support.sessions import until


async def test_a_server_that_stops_says_goodbye_and_stops_in_time() -> None:
    stopped: list[str] = []

    @asynccontextmanager
    async def own_lifespan(app: FastAPI) -> AsyncIterator[dict[str, str]]:
        yield {"kept": "state"}
        stopped.append("own")

    app = FastAPI(lifespan=own_lifespan)
    stream = Stream(EchoHandler(), modality="audio")
    stream.mount(app)
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", ws="none")
    )
    serving = asyncio.ensure_future(server.serve())
    await until(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]

    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:

        async def signal(body: dict[str, Any]) -> dict[str, Any]:
            answer = await http.post("/webrtc/offer", json=body)
            result: dict[str, Any] = answer.json()
            return result

        client = LoopbackClient(signal, send=[SineTrack()])
        try:
            await client.connect()
            await until(lambda: client.heard > 0.2)
            server.should_exit = True
            assert (await client.message("end_stream"))["reason"] == "server_shutdown"
            await asyncio.wait_for(serving, 20)
            assert len(stream.host.registry) == 0
            assert stopped == ["own"]
        finally:
            await client.close()
