"""What a connected session costs while nobody says anything."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import cache, partial

from bench.clips import Clip
from bench.process import Server
from bench.results import Reading, reading
from bench.scenarios.plan import Pace, Scenario, clients, watch_cpu
from bench.tones import silence_clip


@cache
def _clip() -> Clip:
    return silence_clip()


async def _idle(server: Server, pace: Pace, *, row: str) -> Sequence[Reading]:
    async with clients(server, row, _clip()) as (client,):
        await asyncio.sleep(pace.warm_up)
        cpu, own = await watch_cpu(server, pace.idle, sessions=1)
        client.check_connected()
    return (reading(row, [cpu], client_cpu=own),)


IDLE_SCENARIOS = (
    Scenario("idle", ("idle",), partial(_idle, row="idle")),
    Scenario("idle-none", ("idle-none",), partial(_idle, row="idle-none"), bare=False),
)
