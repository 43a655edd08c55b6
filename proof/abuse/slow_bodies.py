"""Hundreds of requests whose bodies, or heads, come a byte a second."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from bench.client import Client
from bench.process import Server
from gradio_webrtc.routes.webrtc import BODY_SECONDS
from proof.abuse.bad_handlers import PEER
from proof.abuse.neighbours import findings, measure
from proof.calls.people import LiveTrack, bursts
from proof.parts import Finding

BODIES, HEADS = 300, 100
CALL_SECONDS = 3.0
"""Within which a new caller has to be connected meanwhile; alone it takes a few tenths."""

HEAD = b"POST /echo/webrtc/offer HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


class SlowRequest:
    """One connection that sends its request a byte at a time.

    Attributes:
        answer: the first line that came back; empty while, or if, none did.
    """

    def __init__(self, first: bytes, rest: bytes) -> None:
        self.answer = b""
        self._first, self._rest = first, rest

    async def send(self, port: int) -> None:
        """Send it until the server has had enough."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        reading = asyncio.ensure_future(reader.readline())
        try:
            writer.write(self._first)
            for byte in self._rest:
                await asyncio.wait([reading], timeout=1.0)
                if reading.done():
                    break
                writer.write(bytes([byte]))
            self.answer = await reading
        except OSError:
            pass
        finally:
            reading.cancel()
            writer.transport.abort()


def slow_requests() -> list[SlowRequest]:
    """Return requests with slow bodies, then those with slow heads."""
    first = HEAD + b"Content-Length: 10000\r\n\r\n{"
    return [
        *(SlowRequest(first, b" " * 9_999) for _ in range(BODIES)),
        *(SlowRequest(HEAD, b"X-Slow: " + b"a" * 9_999) for _ in range(HEADS)),
    ]


@asynccontextmanager
async def under_way(port: int, requests: Sequence[SlowRequest]) -> AsyncIterator[None]:
    """Have the requests under way."""
    sending = [asyncio.ensure_future(request.send(port)) for request in requests]
    try:
        yield
    finally:
        for task in sending:
            task.cancel()
        await asyncio.wait(sending)


def run(seconds: float) -> list[Finding]:
    """Measure neighbours beside them, then a new caller, then how they end."""
    return asyncio.run(_run(seconds))


async def _run(seconds: float) -> list[Finding]:
    server = Server(PEER, ("echo",))
    await server.start()
    try:
        beside = await measure(
            server.port, lambda: under_way(server.port, slow_requests()), seconds
        )
        await asyncio.sleep(1.0)
        before = _descriptors(server)
        requests = slow_requests()
        async with under_way(server.port, requests):
            await asyncio.sleep(2.0)
            call = await _call(server.port)
            await asyncio.sleep(BODY_SECONDS + 2.0)
            ended = sum(b" 408 " in request.answer for request in requests[:BODIES])
            heads = sum(not request.answer for request in requests[BODIES:])
        await asyncio.sleep(2.0)
        left = _descriptors(server) - before
    finally:
        await server.stop()
    return [
        *findings(f"{BODIES} slow bodies and {HEADS} slow heads", beside),
        Finding(
            "a new caller is connected meanwhile in",
            f"{call:.2f} s",
            f"{CALL_SECONDS:g} s",
            call < CALL_SECONDS,
        ),
        Finding(
            f"slow bodies that were ended after {BODY_SECONDS:g} s",
            f"{ended} of {BODIES}",
            "all",
            ended == BODIES,
        ),
        Finding("slow heads that the HTTP server, uvicorn, still waits for", f"{heads} of {HEADS}"),
        Finding("descriptors left when all have hung up", f"{left}", "0", left <= 0),
    ]


async def _call(port: int) -> float:
    client = Client(port, "echo", LiveTrack(bursts()))
    began = time.perf_counter()
    try:
        await client.open()
        return time.perf_counter() - began
    finally:
        with contextlib.suppress(Exception):
            await client.aclose()


def _descriptors(server: Server) -> int:
    return len(list(Path(f"/proc/{server.pid}/fd").iterdir()))
