"""The machine's clock is set a day forwards, then a day back, while people talk."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from bench.client import Client
from bench.process import Server
from bench.results import BenchError
from proof.abuse.bad_handlers import PEER
from proof.abuse.neighbours import MORE, Neighbours, percentile
from proof.calls.people import LiveTrack, bursts
from proof.parts import Finding

LIBRARIES = tuple(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
"""Debian's libfaketime: it changes what a program is told of the time, not the machine's clock."""

JUMPS = (("a day forwards", "+86400"), ("a day back", "-86400"), ("back to now", "+0"))


def run(seconds: float) -> list[Finding]:
    """Measure people for ``seconds`` before the first jump and after each."""
    if not LIBRARIES:
        told = "libfaketime is not here (apt-get install faketime)"
        return [Finding("the clock jumps", told, "it ran", held=False)]
    return asyncio.run(_run(seconds))


async def _run(seconds: float) -> list[Finding]:
    with tempfile.TemporaryDirectory() as folder:
        says = Path(folder) / "time"
        says.write_text("+0\n")
        server = Server(PEER, ("echo",), _variables(says))
        await server.start()
        neighbours = Neighbours(server.port)
        try:
            await neighbours.come()
            before = percentile(await neighbours.delays(seconds), 0.5)
            found = []
            for what, offset in JUMPS:
                says.write_text(f"{offset}\n")
                delay = percentile(await neighbours.delays(seconds), 0.5)
                found += [
                    Finding(
                        f"round trip after the clock went {what}, median",
                        f"{delay:.0f} ms, {before:.0f} before",
                        f"{100 * MORE:.0f} % more",
                        delay <= (1 + MORE) * before,
                    ),
                    Finding(
                        f"connections lost, the clock {what}",
                        f"{neighbours.lost}",
                        "0",
                        not neighbours.lost,
                    ),
                    await _newcomer(server.port, what),
                ]
        finally:
            await neighbours.go()
            await server.stop()
    return found


def _variables(says: Path) -> dict[str, str]:
    return {
        "LD_PRELOAD": str(LIBRARIES[0]),
        "FAKETIME_TIMESTAMP_FILE": str(says),
        "FAKETIME_NO_CACHE": "1",
        # Setting a clock does not move the one that only goes on.
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }


async def _newcomer(port: int, what: str) -> Finding:
    client = Client(port, "echo", LiveTrack(bursts()))
    told, held = "connected and heard", True
    try:
        await client.open()
        await client.first_frame()
    except BenchError as error:
        told, held = str(error), False
    finally:
        await client.aclose()
    return Finding(f"who comes then, the clock {what}", told, "connected and heard", held)
