"""A disk that is full under recordings: the calls go on."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bench.process import Server
from proof.abuse.bad_handlers import PEER
from proof.abuse.callers import calling
from proof.abuse.neighbours import Beside, findings, measure
from proof.abuse.server import FILE_BYTES, FOLDER
from proof.parts import Finding

RECORDED = 4
FULL_AT = 20_000
"""Bytes a file may have: two seconds of recorded sound."""


def run(seconds: float) -> list[Finding]:
    """Measure neighbours beside calls whose recordings cannot be written any more."""
    lost: list[int] = []
    with tempfile.TemporaryDirectory() as folder:
        variables = {FOLDER: folder, FILE_BYTES: str(FULL_AT)}
        server = Server(PEER, ("echo", "recorded"), variables)
        beside = asyncio.run(_measure(server, lost, seconds))
        sizes = [path.stat().st_size for path in Path(folder).glob("*.webm")]
    calls = RECORDED * len(lost)
    errors = sum("recording" in line.lower() for line in server.log().splitlines())
    return [
        *findings(f"{RECORDED} calls whose recordings hit a full disk", beside),
        Finding("of those calls ended by it", f"{sum(lost)} of {calls}", "0", not any(lost)),
        Finding(
            "recordings that were begun, and their largest",
            f"{len(sizes)}, {max(sizes, default=0)} bytes",
            f"{FULL_AT} bytes at most",
            len(sizes) == calls and max(sizes) <= FULL_AT,
        ),
        Finding("lines of the log about it", f"{errors}", "one for each", errors == calls),
    ]


async def _measure(server: Server, lost: list[int], seconds: float) -> Beside:
    await server.start()
    try:
        return await measure(server.port, lambda: _recorded(server.port, lost), seconds)
    finally:
        await server.stop()


@asynccontextmanager
async def _recorded(port: int, lost: list[int]) -> AsyncIterator[None]:
    async with calling(port, ["recorded"] * RECORDED) as callers:
        yield
    lost.append(callers.ended)
