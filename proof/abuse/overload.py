"""A server that gets a fraction of the processor it needs: sound stays near, and it passes."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator

from bench.one_core import apart
from bench.process import Server
from proof.abuse.bad_handlers import PEER
from proof.abuse.neighbours import RECOVERY_SECONDS, Neighbours, percentile, recovered
from proof.parts import Finding

CALLERS = 4
"""Who echo sound; they need about a fifth of a core."""
PROGRAMS = 9
"""Programs that compute on the server's core, so that it gets a tenth of it."""
LOOKS = 5
"""How often callers are looked at under the load."""
LATEST_MS = 3500.0
"""Sound is dropped when it has been a second late for two; half a second waits to be played."""

PROGRAM = "while True: pass"


def run(seconds: float) -> list[Finding]:
    """Measure callers before the load, ``seconds`` at a time under it, and after it."""
    return asyncio.run(_run(seconds))


async def _run(seconds: float) -> list[Finding]:
    server = Server(PEER, ("echo",))
    await server.start()
    callers = Neighbours(server.port, CALLERS)
    try:
        await callers.come()
        before = await callers.delays(seconds)
        with _load(server.pid):
            under = [await callers.delays(seconds) for _ in range(LOOKS)]
        await asyncio.sleep(RECOVERY_SECONDS)
        after = await callers.delays(seconds)
        lost = callers.lost
    finally:
        await callers.go()
        await server.stop()
    return findings(before, under, after, lost)


def findings(
    before: list[float], under: list[list[float]], after: list[float], lost: int
) -> list[Finding]:
    """Tell how late sound was, in ms, before the load, at each look under it, and after it."""
    was, *medians = (percentile(look, 0.5) for look in (before, *under))
    return [
        Finding(
            f"callers of a server with {PROGRAMS} programs on its core",
            f"{lost} lost",
            "0",
            not lost,
        ),
        Finding(
            "their round trip, at each look",
            f"{', '.join(f'{each:.0f}' for each in medians)} ms, {was:.0f} before",
            f"{LATEST_MS:.0f} ms",
            all(each <= LATEST_MS for each in medians),
        ),
        recovered(f"{RECOVERY_SECONDS:g} s after the load", before, after),
    ]


@contextlib.contextmanager
def _load(pid: int) -> Iterator[None]:
    """Share a core between the process and programs that compute; keep this process off it."""
    with apart(pid) as core, contextlib.ExitStack() as stack:
        for _ in range(PROGRAMS):
            program = stack.enter_context(subprocess.Popen([sys.executable, "-c", PROGRAM]))
            stack.callback(program.kill)
            if core is not None:
                os.sched_setaffinity(program.pid, {core})
        yield
