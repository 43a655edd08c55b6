"""A coroutine that blocks the event loop: nobody can be protected, so they have to get over it."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from bench.process import Server
from proof.abuse.bad_handlers import PEER
from proof.abuse.callers import calling
from proof.abuse.handlers import BLOCK_SECONDS
from proof.abuse.neighbours import RECOVERY_SECONDS, Neighbours, recovered
from proof.parts import Finding

FOLDER = Path(__file__).parent
BLOCKED = "the event loop has been blocked for up to"


def run(seconds: float) -> list[Finding]:
    """Measure neighbours for ``seconds`` before it and after it, and look into the log."""
    return asyncio.run(_run(seconds))


async def _run(seconds: float) -> list[Finding]:
    server = Server(PEER, ("echo", "blocks-loop"))
    await server.start()
    neighbours = Neighbours(server.port)
    try:
        await neighbours.come()
        alone = await neighbours.delays(seconds)
        async with calling(server.port, ["blocks-loop"], again=True):
            await asyncio.sleep(BLOCK_SECONDS / 2)
        # It cannot even hang up before the loop runs again.
        await asyncio.sleep(BLOCK_SECONDS + RECOVERY_SECONDS)
        after = await neighbours.delays(seconds)
        lost = neighbours.lost
    finally:
        await neighbours.go()
        await server.stop()
    return [
        Finding(
            f"neighbours after {BLOCK_SECONDS:g} s of a blocked loop",
            f"{lost} lost",
            "0",
            lost == 0,
        ),
        recovered(f"their round trip {RECOVERY_SECONDS:g} s later, median", alone, after),
        _named(server.log()),
    ]


def _named(log: str) -> Finding:
    line = next((line for line in log.splitlines() if BLOCKED in line), "")
    named = "start_up()" in line and "handlers.py" in line
    told = line[line.find("by ") :] if named else line or "nothing"
    told = told.replace(f"{FOLDER}{os.sep}", "")  # a page of results says nothing of the machine
    return Finding("what the log says blocked it", told, "start_up() in handlers.py", named)
