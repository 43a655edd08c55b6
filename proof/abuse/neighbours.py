"""Ordinary people of the same server, who notice what others do to it or do not."""

from __future__ import annotations

import asyncio
import math
import statistics
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field

from bench.client import Client
from bench.tones import BurstListener
from proof.calls.people import LiveTrack, bursts
from proof.parts import Finding

COUNT = 2
ROUNDS = 3
"""How often a time without and a time with the abuse follow each other. What the abuse does is in
each; what else the machine did for a moment, after which an echo is late for seconds, in one."""
SETTLING_SECONDS = 1.5
"""Before each measurement."""
MORE = 0.2
"""What part later than alone the neighbours' sound may come back."""
RECOVERY_SECONDS = 10.0
"""In which what came late is caught up with when an abuse is over."""
MORE_MS = 40.0
"""Two frames, which jitter may need and which are not shortened."""

Abusing = Callable[[], AbstractAsyncContextManager[object]]


class Neighbours:
    """Clients whose echo of sound is measured.

    Args:
        port: of the server.
        count: how many there are.
    """

    def __init__(self, port: int, count: int = COUNT) -> None:
        clip = bursts()
        self.clients = [Client(port, "echo", LiveTrack(clip)) for _ in range(count)]
        self._listeners = [BurstListener(client.track.sent) for client in self.clients]
        for client, listener in zip(self.clients, self._listeners, strict=True):
            client.on_frame = listener.take

    async def come(self) -> None:
        """Connect.

        Raises:
            BenchError: one could not.
        """
        for client in self.clients:
            await client.open()

    async def go(self) -> None:
        """Hang up."""
        await asyncio.gather(*(client.aclose() for client in self.clients))

    async def delays(self, seconds: float) -> list[float]:
        """Return the round trips of so many seconds, in ms; what is under way does not count."""
        await asyncio.sleep(SETTLING_SECONDS)
        for listener in self._listeners:
            listener.heard.clear()
        await asyncio.sleep(seconds)
        return [1000 * mark.took for each in self._listeners for mark in each.heard]

    @property
    def lost(self) -> int:
        """How many are not connected any more."""
        return sum(client.ending is not None for client in self.clients)


Rounds = list[list[float]]
"""Round trips in ms, of each round."""


@dataclass
class Beside:
    """Round trips of neighbours, alone and beside an abuse; how many neighbours were lost."""

    alone: Rounds = field(default_factory=list)
    abused: Rounds = field(default_factory=list)
    lost: int = 0


async def measure(port: int, abusing: Abusing, seconds: float, rounds: int = ROUNDS) -> Beside:
    """Measure neighbours without and with an abuse, in turns.

    They are others each time: an echo that was held up once is late until its connection ends.
    """
    beside = Beside()
    for _ in range(rounds):
        await _measure(Neighbours(port), seconds, beside.alone)
        async with abusing():
            beside.lost += await _measure(Neighbours(port), seconds, beside.abused)
    return beside


async def _measure(neighbours: Neighbours, seconds: float, rounds: Rounds) -> int:
    """Add their delays as a round; return how many were lost."""
    try:
        await neighbours.come()
        rounds.append(await neighbours.delays(seconds))
        return neighbours.lost
    finally:
        await neighbours.go()


def percentile(values: Sequence[float], part: float) -> float:
    """Return the value below which ``part`` of them are; ``nan`` when there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else float("nan")


def of_rounds(rounds: Rounds, part: float) -> float:
    """Return the median of each round's percentile; ``nan`` when somebody was not heard in one."""
    found = [percentile(each, part) for each in rounds]
    return statistics.median(found) if found and not any(map(math.isnan, found)) else math.nan


def findings(what: str, beside: Beside, *, asked: bool = True) -> list[Finding]:
    """Tell how much later the neighbours' sound came back beside ``what``, by medians of rounds.

    Args:
        what: the abuse.
        beside: what was measured.
        asked: whether it has to be within the bound. Beside what nothing in the process can be
            protected from it is told only.
    """
    found = []
    for name, part in (("median", 0.5), ("95 %", 0.95)):
        alone, abused = of_rounds(beside.alone, part), of_rounds(beside.abused, part)
        held = abused <= (1 + MORE) * alone  # False for nan: nobody was heard
        found.append(
            Finding(
                f"neighbours' round trip beside {what}, {name}",
                f"{abused:.0f} ms, {alone:.0f} alone",
                f"{100 * MORE:.0f} % more" if asked else "",
                held or not asked,
            )
        )
    heard = sum(map(len, beside.abused)) / max(1, sum(map(len, beside.alone)))
    told = f"{100 * heard:.0f} %, {beside.lost} connections lost"
    held = beside.lost == 0 and heard > 1 - MORE
    bound = "nearly all, none lost" if asked else ""
    found.append(
        Finding(f"of what they said came back beside {what}", told, bound, held or not asked)
    )
    return found


def recovered(what: str, before: Sequence[float], after: Sequence[float]) -> Finding:
    """Tell whether round trips in ms are after an abuse as they were before it."""
    was, then = percentile(before, 0.5), percentile(after, 0.5)
    return Finding(
        what, f"{then:.0f} ms, {was:.0f} before", f"{MORE_MS:g} ms more", then <= was + MORE_MS
    )
