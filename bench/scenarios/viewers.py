"""Many who watch one generator: what the server spends on them, and whether all see every frame."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial

from bench.pictures import RATE
from bench.process import Server
from bench.results import Reading, reading
from bench.scenarios.plan import Pace, Scenario, watch_cpu
from bench.watching import Viewer

AT_ONCE = 5
"""How many come at the same moment."""


@asynccontextmanager
async def viewers(server: Server, handler: str, count: int) -> AsyncIterator[list[Viewer]]:
    """Let ``count`` viewers come, some at a time, and leave at the end.

    Raises:
        BenchError: one could not connect.
    """
    seats = [Viewer(server.port, handler) for _ in range(count)]
    try:
        for first in range(0, count, AT_ONCE):
            await asyncio.gather(*(seat.open() for seat in seats[first : first + AT_ONCE]))
            await asyncio.sleep(0.3)
        yield seats
    finally:
        await asyncio.gather(*(seat.aclose() for seat in seats))


async def _watch(
    server: Server, pace: Pace, *, row: str, handler: str, count: int
) -> Sequence[Reading]:
    async with viewers(server, handler, count) as seats:
        await asyncio.sleep(2 * pace.warm_up)
        before = [(seat.frames, seat.octets) for seat in seats]
        start = time.perf_counter()
        cpu, own = await watch_cpu(server, pace.many, 1)
        took = time.perf_counter() - start
        for seat in seats:
            seat.check_connected()
        rates = [
            (seat.frames - frames) / took for seat, (frames, _) in zip(seats, before, strict=True)
        ]
        octets = [
            (seat.octets - octets) / took for seat, (_, octets) in zip(seats, before, strict=True)
        ]
        joined = [1000 * seat.first_after for seat in seats if seat.first_after is not None]
    notes = {
        "frames_per_second_least": min(rates),
        "frames_per_second_mean": sum(rates) / count,
        "kbit_per_second_mean": 8 * sum(octets) / count / 1000,
        "client_cpu": own,
    }
    missed = max(0.0, 100 * (1 - min(rates) / RATE))
    return (
        reading(f"{row}-cpu", [cpu], **notes),
        reading(f"{row}-missed", [missed], **notes),
        reading(f"{row}-join", joined, **notes),
    )


def _scenario(row: str, handler: str, count: int) -> Scenario:
    rows = (f"{row}-cpu", f"{row}-missed", f"{row}-join")
    run = partial(_watch, row=row, handler=handler, count=count)
    return Scenario(handler, rows, run, bare=False, fastrtc=False)


VIEWER_SCENARIOS = (
    _scenario("viewers-1", "viewers-shared", 1),
    _scenario("viewers-50", "viewers-shared", 50),
    _scenario("viewers-apart-4", "viewers-apart", 4),
)
