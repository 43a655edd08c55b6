"""A thousand calls that are cut off at ten stages, and what of them stays at the server."""

from __future__ import annotations

import asyncio
import logging
import sys
from pathlib import Path

from bench.process import Peer, Server
from proof.calls.process_state import State, state_at_rest
from proof.calls.stages import HANDLERS, STAGES
from proof.parts import Finding

CYCLES = (100, 200, 400, 600, 800, 1000)
"""After how many calls the server is looked at. The first of them are its warming up."""

TOGETHER = 8
"""Calls that are under way at a time: strangers hold at most 64 unconnected sessions."""

MORE_MEMORY = 0.03
"""What part more of what is allocated the last 400 calls may leave."""

MORE_RESIDENT = 0.05
"""What part more memory of the process: what a burst of calls frees lies between what is kept."""

PEER = Peer("aborts", Path(sys.executable), "proof.calls.server")


def run(seconds: float) -> list[Finding]:
    """Return what was left; ``seconds`` does not matter, the calls take theirs."""
    del seconds
    # A client that is gone before its own connection is made says so, a hundred times.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    return asyncio.run(measure(CYCLES))


async def measure(cycles: tuple[int, ...]) -> list[Finding]:
    """Make calls, look at the server after each number in ``cycles``, and compare."""
    server = Server(PEER, HANDLERS)
    await server.start()
    try:
        states = [await state_at_rest(server)]
        done, failed = 0, 0
        for until in cycles:
            failed += await _calls(server.port, done, until)
            done = until
            states.append(await state_at_rest(server))
            sys.stderr.write(f"  after {done} calls: {states[-1]}\n")
    finally:
        await server.stop()
    return findings(cycles, states, failed)


async def _calls(port: int, first: int, until: int) -> int:
    """Make calls ``first`` to ``until``, some at a time; return how many failed themselves."""
    numbers = iter(range(first, until))
    failed = 0

    async def work() -> None:
        nonlocal failed
        for number in numbers:
            try:
                await asyncio.wait_for(STAGES[number % len(STAGES)](port), 60)
            except Exception as error:  # noqa: BLE001 - counted; the server is what is looked at
                failed += 1
                sys.stderr.write(f"  {STAGES[number % len(STAGES)].__name__}: {error!r}\n")

    await asyncio.gather(*(work() for _ in range(TOGETHER)))
    return failed


def findings(cycles: tuple[int, ...], states: list[State], failed: int) -> list[Finding]:
    """Compare what there was after so many calls; the first state is that before any."""
    warm, last = states[1], states[-1]
    told = ", ".join(
        f"{state.memory:.0f} after {count}"
        for count, state in zip((0, *cycles), states, strict=True)
    )
    held = ", ".join(f"{state.allocated:.1f}" for state in states)
    return [
        Finding("calls that could not be made", str(failed), "0", failed == 0),
        Finding("memory, in MB", told),
        Finding("of that allocated, in MB", held),
        _more(cycles, states, "allocated", MORE_MEMORY),
        _more(cycles, states, "memory", MORE_RESIDENT),
        _same("descriptors", warm.descriptors, last.descriptors, 0),
        _same("threads", warm.threads, last.threads, 0),
        _same("tasks", warm.tasks, last.tasks, 0),
        Finding("what they run at the last look", ", ".join(last.running)),
        _same("Python objects", warm.objects, last.objects, warm.objects // 100),
    ]


def _more(cycles: tuple[int, ...], states: list[State], what: str, bound: float) -> Finding:
    """Compare ``what`` of the last state with that after half of the looks."""
    half = len(cycles) // 2
    more = getattr(states[-1], what) / getattr(states[1 + half], what) - 1
    return Finding(
        f"{what} after {cycles[-1]} calls beside {cycles[half]}",
        f"{100 * more:+.1f} %",
        f"{100 * bound:g} %",
        more <= bound,
    )


def _same(what: str, before: int, after: int, more: int) -> Finding:
    return Finding(
        f"{what} after the last call beside the first look",
        f"{after} beside {before}",
        f"at most {more} more" if more else "the same",
        after <= before + more,
    )
