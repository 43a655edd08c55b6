"""Search for the request of a stranger that costs the event loop the most time and memory.

A hill climb with time and memory as objectives: offers are grown and mutated within the size limit,
and the most expensive go on. What is measured is the CPU time of the event loop's thread, which
other processes on the machine disturb little, and the peak of Python's memory.
"""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass

from proof.odd_bodies import BODIES
from proof.offer_mutations import mutate
from proof.offer_seeds import SEEDS
from proof.parts import Finding
from proof.signal_cost import Costs, Ending, measure, measure_body

MAX_MS = 50.0
"""What a request may cost the event loop, from its arrival to its answer."""

MAX_MB = 8.0
"""Twice what an offer of the greatest size takes as text, once as bytes of JSON and once parsed."""

KEPT = 12
"""Offers that are mutated further, of each objective."""


@dataclass(frozen=True)
class Tried:
    """One request and what it cost."""

    sdp: str
    costs: Costs


def run(seconds: float) -> list[Finding]:
    """Search for ``seconds`` and tell the worst that was found."""
    return asyncio.run(_run(seconds))


async def _run(seconds: float) -> list[Finding]:
    search = Search(random.Random(1))
    await search.begin()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        await search.step()
    bodies = {name: await measure_body(body) for name, body in BODIES.items()}
    dearest = max(bodies, key=lambda name: bodies[name].ms)
    worst_time, worst_memory = search.worst_time(), search.worst_memory()
    again = min([(await measure(worst_time.sdp)).ms for _ in range(5)])
    return [
        Finding("requests tried", str(search.tried)),
        Finding("of them answered", str(search.answered)),
        Finding(
            f"most loop time of one request, repeated ({_shape(worst_time)})",
            f"{again:.1f} ms",
            f"{MAX_MS:g} ms",
            again <= MAX_MS,
        ),
        Finding(
            f"most memory of one request ({_shape(worst_memory)})",
            f"{worst_memory.costs.mb:.1f} MB",
            f"{MAX_MB:g} MB",
            worst_memory.costs.mb <= MAX_MB,
        ),
        Finding(
            f"most loop time of another request ({dearest})",
            f"{bodies[dearest].ms:.1f} ms",
            f"{MAX_MS:g} ms",
            bodies[dearest].ms <= MAX_MS,
        ),
        Finding("raised anything but a refusal", str(search.failures), "0", search.failures == 0),
    ]


def _shape(tried: Tried) -> str:
    sections = tried.sdp.count("\nm=")
    lines = tried.sdp.count("\n")
    return f"{len(tried.sdp)} bytes, {lines} lines, {sections} sections: {tried.costs.ending.value}"


class Search:
    """Keeps the most expensive offers of each objective, and makes others of them."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._slow: list[Tried] = []
        self._large: list[Tried] = []
        self.tried = self.answered = self.failures = 0

    async def begin(self) -> None:
        """Try the offers that the search starts with; the first call of everything is dearer."""
        for sdp in SEEDS:
            await measure(sdp)
        for sdp in SEEDS:
            await self._try(sdp)

    async def step(self) -> None:
        """Mutate one of those kept and try that."""
        parent = self._dice.choice(self._dice.choice([self._slow, self._large]))
        await self._try(mutate(parent.sdp, self._dice))

    def worst_time(self) -> Tried:
        """Return what took longest."""
        return self._slow[0]

    def worst_memory(self) -> Tried:
        """Return what needed most memory."""
        return self._large[0]

    async def _try(self, sdp: str) -> None:
        costs = await measure(sdp)
        if self._slow and costs.ms > self._slow[0].costs.ms:
            # A collection of garbage or an interrupt is nobody's record.
            costs = min(costs, await measure(sdp), key=lambda each: each.ms)
        self.tried += 1
        self.answered += costs.ending is Ending.ANSWERED
        self.failures += costs.ending is Ending.FAILED
        tried = Tried(sdp, costs)
        self._slow = sorted([*self._slow, tried], key=lambda each: -each.costs.ms)[:KEPT]
        self._large = sorted([*self._large, tried], key=lambda each: -each.costs.mb)[:KEPT]
