"""Ten sessions for an hour: whether memory or delay grow, and how they end with the server."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from bench.process import Peer, Server, percent
from proof.calls.people import People
from proof.calls.process_state import State, state_of
from proof.parts import Finding

SECONDS = 3600.0
"""How long they stay unless told."""

SESSIONS = 10
"""How many there are unless ``PROOF_SESSIONS`` says so."""

LOOKS = 12
"""How often the server is looked at, in equal distances; the first one is its warming up."""

KINDS = {
    "audio": "round trip of sound",
    "video": "round trip of pictures",
    "voice": "from the end of a sentence to its answer",
}

MORE_MEMORY = 0.03
"""What part more memory the second half of the time may take."""
MORE_DELAY_MS = 10.0
"""By how much a delay may have grown: half of what a packet holds."""
SHUTDOWN_SECONDS = 3.0

PEER = Peer("soak", Path(sys.executable), "proof.calls.server")


@dataclass(frozen=True)
class Look:
    """What there was at one time.

    Attributes:
        state: of the server.
        cpu: of all sessions together since the look before, in percent of a core.
        delays: median of each of ``KINDS`` since then, in ms.
    """

    state: State
    cpu: float
    delays: dict[str, float]

    def summary(self) -> str:
        """Return it as a line."""
        delays = ", ".join(f"{kind} {delay:.0f} ms" for kind, delay in self.delays.items())
        return (
            f"{self.state.sessions} sessions, {self.state.memory:.0f} MB, "
            f"{self.state.threads} threads, {self.cpu:.0f} % of a core; {delays}"
        )


def run(seconds: float) -> list[Finding]:
    """Stay for ``seconds`` with all sessions; tell what grew, and how they ended."""
    return asyncio.run(_soak(seconds, int(os.environ.get("PROOF_SESSIONS", SESSIONS))))


async def _soak(seconds: float, sessions: int) -> list[Finding]:
    server = Server(PEER, tuple(KINDS))
    await server.start()
    people = People(server.port, sessions)
    try:
        await people.come()
        looks = [await _look(server, people, seconds / LOOKS) for _ in range(LOOKS)]
        there = sum(client.ending is None for client in people.clients)
        started = time.perf_counter()
        await server.stop()
        took = time.perf_counter() - started
        endings = [client.ending for client in people.clients]
        told = sum(end is not None and end.reason == "server_shutdown" for end in endings)
    finally:
        await people.go()
        await server.stop()
    findings = [_all("sessions that stayed to the end", there, sessions), *growth(looks)]
    said = people.answered + people.unanswered
    return [
        *findings,
        _all("sentences that were answered", people.answered, said),
        Finding(
            "shutdown with all of them in it",
            f"{took:.2f} s",
            f"{SHUTDOWN_SECONDS:g} s",
            took < SHUTDOWN_SECONDS,
        ),
        _all("clients that were told of it", told, sessions),
    ]


async def _look(server: Server, people: People, seconds: float) -> Look:
    before = await server.cpu()
    await asyncio.sleep(seconds)
    cpu = percent(before, await server.cpu(), 1)
    look = Look(await state_of(server), cpu, {kind: people.delay(kind) for kind in KINDS})
    ended = [f"{each.ending.reason} {each.ending.text}" for each in people.clients if each.ending]
    sys.stderr.write(f"  {look.summary()}{', ended: ' if ended else ''}{', '.join(ended)}\n")
    return look


def growth(looks: list[Look]) -> list[Finding]:
    """Compare the end with the middle, and delays with those of the second look."""
    middle = len(looks) // 2
    memory = [look.state.memory for look in looks]
    more = memory[-1] / memory[middle] - 1
    threads = [look.state.threads for look in looks]
    findings = [
        Finding("memory, in MB", ", ".join(f"{each:.0f}" for each in memory)),
        Finding(
            "memory at the end beside the middle",
            f"{100 * more:+.1f} %",
            f"{100 * MORE_MEMORY:g} %",
            more <= MORE_MEMORY,
        ),
        Finding(
            "threads at the end beside the middle",
            f"{threads[-1]} beside {threads[middle]}",
            "no more",
            threads[-1] <= max(threads[1 : middle + 1]),
        ),
        Finding("CPU of all sessions", f"{sum(look.cpu for look in looks) / len(looks):.0f} %"),
    ]
    for kind, what in KINDS.items():
        first, last = looks[1].delays[kind], looks[-1].delays[kind]
        findings.append(
            Finding(
                f"{what}, second look and last",
                f"{first:.0f} and {last:.0f} ms",
                f"{MORE_DELAY_MS:g} ms more",
                last <= first + MORE_DELAY_MS,
            )
        )
    return findings


def _all(what: str, count: int, of: int) -> Finding:
    return Finding(what, f"{count} of {of}", "all", count == of)
