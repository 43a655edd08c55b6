"""What a scenario is, how long its parts take, and clients for it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bench.client import Client
from bench.clips import Clip, ClipTrack
from bench.process import Server, percent
from bench.results import BenchError, Reading


@dataclass(frozen=True)
class Pace:
    """How long everything takes, in seconds; connection trials are counted.

    Attributes:
        warm_up: before the first sample, in which queues, caches and clocks settle.
        audio: window of a single audio session; ``many`` of ten.
        early: the second in which a lag that may grow is looked at first.
        slow_start: when it is looked at again, for ``slow`` seconds.
        turns: how often something is said; counted.
    """

    warm_up: float = 1.5
    audio: float = 7.0
    many: float = 5.0
    trials: int = 8
    video: float = 3.0
    early: float = 2.0
    slow_start: float = 8.0
    slow: float = 2.5
    idle: float = 4.0
    turns: int = 12


QUICK = Pace(
    warm_up=0.7, audio=2.5, trials=2, early=1.0, slow_start=4.0, slow=1.0, idle=1.5, turns=4
)


@dataclass(frozen=True)
class Scenario:
    """Fills some rows.

    Attributes:
        handler: what the server mounts for it.
        rows: ids of the rows it fills.
        run: does it.
        bare: whether it is another measurement than one before it for the bare server too.
        fastrtc: whether ``fastrtc`` has what is measured.
        alone: whether it needs a fresh process even where others share one: what a page leaves
            behind would be counted with the next, and memory that others left with it.
    """

    handler: str
    rows: tuple[str, ...]
    run: Callable[[Server, Pace], Awaitable[Sequence[Reading]]]
    bare: bool = True
    fastrtc: bool = True
    alone: bool = False

    def concerns(self, peer: str) -> bool:
        """Return whether ``peer`` is measured."""
        return {"bare": self.bare, "fastrtc": self.fastrtc}.get(peer, True)


@asynccontextmanager
async def clients(
    server: Server,
    handler: str,
    clip: Clip,
    count: int = 1,
    track: Callable[[Clip], ClipTrack] = ClipTrack,
) -> AsyncIterator[list[Client]]:
    """Connect ``count`` clients one after the other, and hang up at the end.

    Args:
        server: to which.
        handler: of the server.
        clip: what each sends.
        count: how many.
        track: makes what sends it.

    Raises:
        BenchError: one could not connect.
    """
    opened: list[Client] = []
    try:
        for number in range(count):
            client = Client(server.port, handler, track(clip))
            opened.append(client)
            try:
                await client.open()
            except BenchError as error:
                raise BenchError(f"session {number + 1} of {count}: {error}") from error
        yield opened
    finally:
        await asyncio.gather(*(client.aclose() for client in opened))


async def watch_cpu(server: Server, seconds: float, sessions: int) -> tuple[float, float]:
    """Return the CPU of each session and of this client, in percent of a core, over a while."""
    own = time.process_time()
    before = await server.cpu()
    await asyncio.sleep(seconds)
    after = await server.cpu()
    own_percent = 100 * (time.process_time() - own) / (after.wall - before.wall)
    return percent(before, after, sessions), own_percent
