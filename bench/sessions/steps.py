"""One step: so many sessions of a kind at a server on one core, and how they are served."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bench.client import Client
from bench.clips import Clip, ClipTrack
from bench.one_core import apart
from bench.pictures import LARGE, MIDDLE, CounterListener, counter_clip
from bench.process import Peer, Server
from bench.scenarios.plan import clients, watch_cpu
from bench.scenarios.turns import LISTENING
from bench.sessions.talking import Answers, speakers, talk
from bench.spoken import SpeakingTrack, room_clip
from bench.tones import BurstListener, burst_clip

SETTLE = 2.0
"""Seconds after the last session has connected before anything is measured."""
LISTENED = 3
"""Sessions whose round trip is measured; to read the marks of all would take the client's core."""
KEPT = 0.95
"""Of the frames sent, what part the poorest session must get back."""
BUSY = 80.0
"""Percent of the core beyond which sessions that say nothing would not be answered at once."""
MORE_DELAY = 50.0
"""Milliseconds that the median round trip, or reply, may be later than with one session."""


@dataclass(frozen=True)
class Kind:
    """What the sessions do.

    Attributes:
        handler: what the server mounts.
        clip: makes what each client sends.
        rate: frames a second that each gets back; 0 when nothing comes back.
        counts: how many sessions, step by step.
        talks: whether it is a conversation: the first one of a process loads models beside it, and
            some of the sessions are talked with.
    """

    handler: str
    clip: Callable[[], Clip]
    rate: int
    counts: tuple[int, ...]
    talks: bool = False


KINDS = {
    "audio-echo": Kind("audio-echo", burst_clip, 50, (1, 5, 10, 20, 30, 50)),
    "idle-voice": Kind("turn", room_clip, 0, (1, 5, 10, 20, 30, 50), talks=True),
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
        answers: how soon replies came; ``None`` when nobody was talked with.
    """

    sessions: int
    cpu: float
    memory: float | None
    round_trip: float | None
    frames: float
    client_cpu: float
    answers: Answers | None = None

    @property
    def reply(self) -> float | None:
        """The median of the replies' delays in ms; ``None`` when there was none."""
        if self.answers is None or not self.answers.delays:
            return None
        return statistics.median(self.answers.delays)

    def holds(self, kind: Kind, first: Step) -> bool:
        """Return whether the sessions are served as ``first``, which was alone."""
        if self.frames < KEPT * kind.rate:
            return False
        if not kind.rate:
            return self.cpu * self.sessions < BUSY and self._answered_as(first)
        if self.round_trip is None or first.round_trip is None:
            return False
        return self.round_trip <= first.round_trip + MORE_DELAY

    def _answered_as(self, first: Step) -> bool:
        if self.answers is None:
            return True  # nobody was talked with
        if self.answers.unanswered or self.reply is None or first.reply is None:
            return False
        return self.reply <= first.reply + MORE_DELAY


async def measure(
    peer: Peer, kind: Kind, clip: Clip, count: int, seconds: float, turns: int
) -> Step:
    """Return how a fresh server on one core serves ``count`` sessions.

    Args:
        peer: which server.
        kind: what the sessions do.
        clip: what each client sends.
        count: how many there are.
        seconds: for which they are watched.
        turns: how often something is said to some of them after that, if it is a conversation.

    Raises:
        BenchError: it did not start, or one could not connect.
    """
    server = Server(peer, (kind.handler,))
    await server.start()
    try:
        with apart(server.pid):
            return await _watch(server, kind, clip, count, seconds, turns)
    finally:
        await server.stop()


async def _watch(
    server: Server, kind: Kind, clip: Clip, count: int, seconds: float, turns: int
) -> Step:
    empty = await server.memory()
    async with _all_of(server, kind, clip, count) as opened:
        watched = [_Watched(client, listens=n < LISTENED) for n, client in enumerate(opened)]
        await asyncio.sleep(SETTLE)
        start = time.perf_counter()
        cpu, own = await watch_cpu(server, seconds, count)
        end = time.perf_counter()
        full = await server.memory()
        answers = await talk(speakers(opened), turns) if kind.talks and turns else None
        for client in opened:
            client.check_connected()
    took = [trip for one in watched for trip in one.round_trips(start, end)]
    return Step(
        sessions=count,
        cpu=cpu,
        memory=None if not empty else (full - empty) / count / 1e6,
        round_trip=statistics.median(took) if took else None,
        frames=min(one.frames(start, end) for one in watched) / (end - start),
        client_cpu=own,
        answers=answers,
    )


@asynccontextmanager
async def _all_of(
    server: Server, kind: Kind, clip: Clip, count: int
) -> AsyncIterator[list[Client]]:
    """Connect ``count`` clients, the first one alone until what it loads is there."""
    track = SpeakingTrack if kind.talks else ClipTrack
    async with clients(server, kind.handler, clip, 1, track) as first:
        if kind.talks:
            await server.at_rest(LISTENING)
        async with clients(server, kind.handler, clip, count - 1, track) as others:
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
