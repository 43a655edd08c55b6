"""One step: so many sessions of a kind at a server on one core, and how they are served."""

from __future__ import annotations

import asyncio
import os
import statistics
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bench.client import Client
from bench.clips import Clip
from bench.pictures import LARGE, MIDDLE, CounterListener, counter_clip
from bench.process import Peer, Server
from bench.scenarios.plan import clients, watch_cpu
from bench.spoken import room_clip
from bench.tones import BurstListener, burst_clip

SETTLE = 2.0
"""Seconds after the last session has connected before anything is measured."""
LISTENED = 3
"""Sessions whose round trip is measured; to read the marks of all would take the client's core."""
KEPT = 0.95
"""Of the frames sent, what part the poorest session must get back."""
LOADED = 15.0
"""Percent of the core beyond which one session that says nothing is still loading something."""
BUSY = 80.0
"""Percent of the core beyond which sessions that say nothing would not be answered at once."""
MORE_DELAY = 50.0
"""Milliseconds that the median round trip may be longer than with one session."""


@dataclass(frozen=True)
class Kind:
    """What the sessions do.

    Attributes:
        handler: what the server mounts.
        clip: makes what each client sends.
        rate: frames a second that each gets back; 0 when nothing comes back.
        counts: how many sessions, step by step.
        loads: whether the first session of a process loads something beside it, as models.
    """

    handler: str
    clip: Callable[[], Clip]
    rate: int
    counts: tuple[int, ...]
    loads: bool = False


KINDS = {
    "audio-echo": Kind("audio-echo", burst_clip, 50, (1, 5, 10, 20, 30, 50)),
    "idle-voice": Kind("turn", room_clip, 0, (1, 5, 10, 20, 30, 50), loads=True),
    "video-480": Kind("video-instant", lambda: counter_clip(MIDDLE), 30, (1, 2, 3, 4, 6, 8)),
    "video-720": Kind("video-instant", lambda: counter_clip(LARGE), 30, (1, 2, 3, 4)),
}


@dataclass(frozen=True)
class Step:
    """How so many sessions were served.

    Attributes:
        sessions: how many.
        cpu: of each, in percent of a core.
        memory: of each beyond the server's before the first, in MB; ``None`` where unknown.
        round_trip: the median, in ms; ``None`` when nothing comes back.
        frames: a second that the poorest session got back.
        client_cpu: of the measuring client, in percent of a core; beyond some 90 it was the limit.
    """

    sessions: int
    cpu: float
    memory: float | None
    round_trip: float | None
    frames: float
    client_cpu: float

    def holds(self, kind: Kind, first: Step) -> bool:
        """Return whether the sessions are served as ``first``, which was alone."""
        if self.frames < KEPT * kind.rate:
            return False
        if not kind.rate:
            return self.cpu * self.sessions < BUSY
        if self.round_trip is None or first.round_trip is None:
            return False
        return self.round_trip <= first.round_trip + MORE_DELAY


async def measure(peer: Peer, kind: Kind, clip: Clip, count: int, seconds: float) -> Step:
    """Return how a fresh server on one core serves ``count`` sessions.

    Raises:
        BenchError: it did not start, or one could not connect.
    """
    server = Server(peer, (kind.handler,))
    await server.start()
    try:
        _keep_to_one_core(server)
        empty = await server.memory()
        async with _all_of(server, kind, clip, count) as opened:
            watched = [_Watched(client, listens=n < LISTENED) for n, client in enumerate(opened)]
            await asyncio.sleep(SETTLE)
            start = time.perf_counter()
            cpu, own = await watch_cpu(server, seconds, count)
            end = time.perf_counter()
            full = await server.memory()
            for client in opened:
                client.check_connected()
        return Step(
            sessions=count,
            cpu=cpu,
            memory=None if not empty else (full - empty) / count / 1e6,
            round_trip=_median([took for one in watched for took in one.round_trips(start, end)]),
            frames=min(one.frames(start, end) for one in watched) / (end - start),
            client_cpu=own,
        )
    finally:
        await server.stop()


@asynccontextmanager
async def _all_of(
    server: Server, kind: Kind, clip: Clip, count: int
) -> AsyncIterator[list[Client]]:
    """Connect ``count`` clients, the first one alone until what it loads is there."""
    async with clients(server, kind.handler, clip, 1) as first:
        if kind.loads:
            await server.at_rest(LOADED)
        async with clients(server, kind.handler, clip, count - 1) as others:
            yield [*first, *others]


class _Watched:
    """What one client gets back."""

    def __init__(self, client: Client, *, listens: bool) -> None:
        self._came: list[float] = []
        self._listener: BurstListener | CounterListener | None = None
        if listens:
            make = BurstListener if client.track.kind == "audio" else CounterListener
            self._listener = make(client.track.sent)
        client.on_frame = self._take

    def _take(self, frame: object, at: float) -> None:
        self._came.append(at)
        if self._listener is not None:
            self._listener.take(frame, at)  # type: ignore[arg-type]  # of the client's kind

    def frames(self, start: float, end: float) -> int:
        return sum(start <= at < end for at in self._came)

    def round_trips(self, start: float, end: float) -> list[float]:
        heard = [] if self._listener is None else self._listener.heard
        return [1000 * mark.took for mark in heard if start <= mark.sent < end]


def _keep_to_one_core(server: Server) -> None:
    # The client has the others; with one core in all, both share it.
    if hasattr(os, "sched_setaffinity"):
        core = min(os.sched_getaffinity(0))
        for thread in os.listdir(f"/proc/{server.pid}/task"):
            os.sched_setaffinity(int(thread), {core})


def _median(values: Sequence[float]) -> float | None:
    return statistics.median(values) if values else None
