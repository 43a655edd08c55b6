"""A disk that is full under recordings: the calls go on."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bench.client import Client
from bench.process import Server
from proof.abuse.bad_handlers import PEER
from proof.abuse.neighbours import Beside, findings, measure
from proof.abuse.server import FILE_BYTES, FOLDER
from proof.calls.people import LiveTrack, bursts
from proof.parts import Finding

RECORDED = 4
FULL_AT = 20_000
"""Bytes a file may have: two seconds of recorded sound."""


def run(seconds: float) -> list[Finding]:
    """Measure neighbours beside calls whose recordings cannot be written any more."""
    lost: list[bool] = []
    with tempfile.TemporaryDirectory() as folder:
        variables = {FOLDER: folder, FILE_BYTES: str(FULL_AT)}
        server = Server(PEER, ("echo", "recorded"), variables)
        beside = asyncio.run(_measure(server, lost, seconds))
        sizes = [path.stat().st_size for path in Path(folder).glob("*.webm")]
    errors = sum("recording" in line.lower() for line in server.log().splitlines())
    return [
        *findings(f"{RECORDED} calls whose recordings hit a full disk", beside),
        Finding("of those calls ended by it", f"{sum(lost)} of {len(lost)}", "0", not any(lost)),
        Finding(
            "recordings that were begun, and their largest",
            f"{len(sizes)}, {max(sizes, default=0)} bytes",
            f"{FULL_AT} bytes at most",
            len(sizes) == len(lost) and max(sizes) <= FULL_AT,
        ),
        Finding("lines of the log about it", f"{errors}", "one for each", errors == len(lost)),
    ]


async def _measure(server: Server, lost: list[bool], seconds: float) -> Beside:
    await server.start()
    try:
        return await measure(server.port, lambda: _recorded(server.port, lost), seconds)
    finally:
        await server.stop()


@asynccontextmanager
async def _recorded(port: int, lost: list[bool]) -> AsyncIterator[None]:
    clients = [Client(port, "recorded", LiveTrack(bursts())) for _ in range(RECORDED)]
    try:
        for client in clients:
            await client.open()
        yield
        lost += [client.ending is not None for client in clients]
    finally:
        await asyncio.gather(*(client.aclose() for client in clients))
