"""Processes of ``several.py``, and clients of them that come from different addresses."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.packaging.processes import default_signals, environment, free_port
from tests.support.client import LoopbackClient
from tests.support.recognisable_tracks import SineTrack

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0


class Person:
    """Somebody with an address of their own, who asks the server at ``port``."""

    def __init__(self, port: int, address: str = "127.0.0.1") -> None:
        transport = httpx.AsyncHTTPTransport(local_address=address)
        url = f"http://127.0.0.1:{port}"
        self.http = httpx.AsyncClient(transport=transport, base_url=url, timeout=60)
        self.clients: list[LoopbackClient] = []

    async def signal(self, body: dict[str, Any]) -> dict[str, Any]:
        """Carry a request."""
        answer = await self.http.post("/stream/webrtc/offer", json=body)
        assert answer.status_code == 200, answer.text
        result: dict[str, Any] = answer.json()
        return result

    def client(self) -> LoopbackClient:
        """Return a client that speaks, and is not connected yet."""
        made = LoopbackClient(self.signal, send=[SineTrack()])
        self.clients.append(made)
        return made

    async def health(self) -> dict[str, Any]:
        """Return how the process that answers is."""
        result: dict[str, Any] = (await self.http.get("/stream/webrtc/health")).json()
        return result

    async def process(self) -> str:
        """Return which process answers."""
        return str((await self.health())["process"])

    async def __aenter__(self) -> Person:
        return self

    async def __aexit__(self, *_: object) -> None:
        for client in self.clients:
            await client.close()
        await self.http.aclose()


@asynccontextmanager
async def process(folder: Path, name: str, **variables: str) -> AsyncIterator[tuple[int, Any]]:
    """Run one process of the app until the block is left; yield its port, and the process."""
    port = free_port()
    with (folder / f"{name}.log").open("wb") as output:
        running = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "uvicorn", "--factory", "tests.processes.several:app"),
            *("--port", str(port)),
            cwd=ROOT,
            env=environment(PYTHONPATH=str(ROOT), **variables),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=asyncio.subprocess.STDOUT,
            preexec_fn=default_signals,
        )
    try:
        await _ready(running, port, folder / f"{name}.log")
        yield port, running
    finally:
        if running.returncode is None:
            running.terminate()
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(running.wait(), 20)
        if running.returncode is None:
            running.kill()
            await running.wait()


async def _ready(running: asyncio.subprocess.Process, port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    async with Person(port) as person:
        while running.returncode is None and time.monotonic() < deadline:
            with contextlib.suppress(httpx.TransportError):
                await person.health()
                return
            await asyncio.sleep(0.1)
    said = await asyncio.to_thread(log.read_text)
    raise AssertionError(f"it did not start:\n{said}")
