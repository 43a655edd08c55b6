"""What a session holds in memory: the difference between few and more of them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bench.process import Server
from bench.results import BenchError, Reading, reading
from bench.scenarios.plan import Pace, Scenario, clients
from bench.tones import silence_clip

FEW, MORE = 5, 20
"""What is loaded for the first session is there with five."""


async def _memory(server: Server, pace: Pace) -> Sequence[Reading]:
    clip = silence_clip()
    async with clients(server, "idle", clip, FEW):
        await asyncio.sleep(pace.warm_up)
        few = await server.memory()
        async with clients(server, "idle", clip, MORE - FEW):
            await asyncio.sleep(pace.warm_up)
            more = await server.memory()
    if not few:
        raise BenchError("this system does not tell the memory of a process")
    return (reading("memory", [(more - few) / (MORE - FEW) / 1e6]),)


MEMORY_SCENARIO = Scenario("idle", ("memory",), _memory, alone=True)
