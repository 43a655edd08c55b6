"""Running the scenarios against the peers, in turn."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence

from bench.environment import make_peer
from bench.process import Peer, Server
from bench.report import Readings
from bench.results import BenchError, Reading, failed
from bench.rows import ROW_BY_ID
from bench.scenarios import SCENARIOS
from bench.scenarios.plan import Pace, Scenario

SCENARIO_SECONDS = 90.0
"""A scenario that takes longer hangs, and has failed."""


class Runner:
    """Runs scenarios, for each the peers one after the other so that they meet the same machine.

    Args:
        peers: their names.
        pace: how long everything takes.
        reuse: keep one process a peer for all scenarios, which is quicker; otherwise each handler
            gets a fresh one and nothing a peer leaves behind can spoil the next.
    """

    def __init__(self, peers: Sequence[str], pace: Pace, *, reuse: bool) -> None:
        self._names = peers
        self._pace = pace
        self._reuse = reuse
        self._peers: dict[str, Peer | BenchError] = {}
        self._servers: dict[str, tuple[Server, Sequence[str]]] = {}

    async def run(self, scenarios: Sequence[Scenario]) -> Readings:
        """Return the readings by row and peer."""
        found: dict[str, dict[str, Reading]] = {}
        for name in self._names:
            self._peers[name] = await _peer_or_error(name)
        try:
            for scenario in scenarios:
                for row in scenario.rows:
                    found[row] = {}
                for name in self._names:
                    if not scenario.concerns(name):
                        continue
                    shared = self._reuse and not scenario.alone
                    mounted = _handlers(scenarios, name) if shared else (scenario.handler,)
                    if scenario.alone:
                        await self._drop(name)
                    for one in await self._measure(scenario, name, mounted):
                        found[one.row][name] = one
                    if scenario.alone:
                        await self._drop(name)
        finally:
            await asyncio.gather(*(self._drop(name) for name in tuple(self._servers)))
        return found

    async def _measure(
        self, scenario: Scenario, name: str, handlers: Sequence[str]
    ) -> Sequence[Reading]:
        sys.stderr.write(f"{', '.join(scenario.rows)}: {name}\n")
        try:
            server = await self._server(name, handlers)
            await server.at_rest()  # what the scenario before has left behind is not this one's
            readings = await asyncio.wait_for(scenario.run(server, self._pace), SCENARIO_SECONDS)
        except asyncio.TimeoutError:
            readings = _all_failed(scenario, f"not over within {SCENARIO_SECONDS:g} s")
            await self._drop(name)
        except BenchError as error:
            readings = _all_failed(scenario, str(error))
            await self._drop(name)
        if any(one.notes.get("failed") for one in readings):
            await self._drop(name)
        return readings

    async def _server(self, name: str, handlers: Sequence[str]) -> Server:
        if name in self._servers:
            server, mounted = self._servers[name]
            if mounted == handlers:
                return server
            await self._drop(name)
        peer = self._peers[name]
        if isinstance(peer, BenchError):
            raise peer
        server = Server(peer, handlers)
        self._servers[name] = server, handlers
        await server.start()
        return server

    async def _drop(self, name: str) -> None:
        if name in self._servers:
            server, _ = self._servers.pop(name)
            await server.stop()


def select(only: str | None, *, quick: bool) -> tuple[Scenario, ...]:
    """Return the scenarios that fill the rows whose ids start with ``only``, or all.

    A quick run of all leaves out those that fill no row with a budget.

    Raises:
        BenchError: there is none.
    """
    if only is None:
        return tuple(
            scenario
            for scenario in SCENARIOS
            if not quick or any(ROW_BY_ID[row].budget is not None for row in scenario.rows)
        )
    chosen = tuple(
        scenario for scenario in SCENARIOS if any(row.startswith(only) for row in scenario.rows)
    )
    if not chosen:
        known = ", ".join(row for scenario in SCENARIOS for row in scenario.rows)
        raise BenchError(f"no row starts with {only!r}; there are {known}")
    return chosen


def _handlers(scenarios: Sequence[Scenario], peer: str) -> tuple[str, ...]:
    """Return what a peer mounts for all scenarios that share a process."""
    mine = (one.handler for one in scenarios if one.concerns(peer) and not one.alone)
    return tuple(dict.fromkeys(mine))


async def _peer_or_error(name: str) -> Peer | BenchError:
    try:
        return await make_peer(name)
    except BenchError as error:
        return error


def _all_failed(scenario: Scenario, why: str) -> list[Reading]:
    return [failed(row, why) for row in scenario.rows]
