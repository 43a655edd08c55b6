"""Video through a handler: the round trip, and whether it grows when the handler is slow."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from functools import cache, partial

from bench.client import Client
from bench.pictures import LARGE, MIDDLE, SMALL, CounterListener, counter_clip
from bench.process import Server
from bench.results import BenchError, Reading, reading
from bench.scenarios.plan import Pace, Scenario, clients, watch_cpu

_clip = cache(counter_clip)

SESSIONS = 8
"""More than the cores of any desk, each with a function that computes."""
POOL_STARTS_S = 60.0
"""Seconds: processes that are begun with the first picture import the server's file."""


class Watched:
    """A client's pictures, each with when it came."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._listener = CounterListener(client.track.sent)
        client.on_frame = self._listener.take

    def arrived(self, start: float, end: float) -> list[float]:
        """Return the round trips, in ms, of the pictures that came within a time.

        Raises:
            BenchError: the handler did not have the pictures, or the connection is gone.
        """
        self._client.check_connected()
        if self._listener.untouched:
            raise BenchError(f"{self._listener.untouched} pictures came back without the handler")
        return [
            1000 * mark.took
            for mark in self._listener.heard
            if start <= mark.sent + mark.took < end
        ]

    def notes(self, pictures: int, seconds: float) -> dict[str, float]:
        """Return what helps to judge: pictures a second, damaged ones, the client's lateness."""
        return {
            "pictures_per_second": pictures / seconds,
            "damaged": float(self._listener.damaged),
            "client_late_ms": 1000 * self._client.track.late,
        }


async def _instant(
    server: Server, pace: Pace, *, row: str, size: tuple[int, int]
) -> Sequence[Reading]:
    async with clients(server, "video-instant", _clip(size)) as (client,):
        watched = Watched(client)
        await client.first_frame()
        await asyncio.sleep(pace.warm_up)
        start = time.perf_counter()
        cpu, own = await watch_cpu(server, pace.video, 1)
        took = watched.arrived(start, time.perf_counter())
    notes = watched.notes(len(took), pace.video) | {"client_cpu": own}
    return reading(row, took, **notes), reading(f"{row}-cpu", [cpu], **notes)


async def _lag(
    server: Server, pace: Pace, *, row: str, handler: str, sessions: int
) -> Sequence[Reading]:
    async with clients(server, handler, _clip(SMALL), sessions) as opened:
        watched = [Watched(client) for client in opened]
        await asyncio.gather(*(client.first_frame() for client in opened))
        start = time.perf_counter()
        await asyncio.sleep(pace.slow_start + pace.slow)
        early = _all(watched, start + pace.early, start + pace.early + 1)
        late = _all(watched, start + pace.slow_start, start + pace.slow_start + pace.slow)
    readings = [reading(row, late, **watched[0].notes(len(late), pace.slow * sessions))]
    if early and readings[0].samples is not None:
        before = reading(row, early)
        assert before.samples is not None
        readings.append(reading(f"{row}-growth", [readings[0].samples.p50 - before.samples.p50]))
    return readings


async def _eight(server: Server, pace: Pace, *, row: str) -> Sequence[Reading]:
    async with clients(server, row, _clip(), SESSIONS) as opened:
        watched = [Watched(client) for client in opened]
        await asyncio.gather(*(client.first_frame(POOL_STARTS_S) for client in opened))
        await asyncio.sleep(pace.slow_start)
        start = time.perf_counter()
        await asyncio.sleep(pace.slow)
        took = _all(watched, start, start + pace.slow)
    rate = len(took) / pace.slow / SESSIONS
    return reading(row, took, **watched[0].notes(len(took), pace.slow)), reading(
        f"{row}-rate", [rate]
    )


def _all(watched: Sequence[Watched], start: float, end: float) -> list[float]:
    return [took for one in watched for took in one.arrived(start, end)]


VIDEO_SCENARIOS = (
    *(
        Scenario("video-instant", (row, f"{row}-cpu"), partial(_instant, row=row, size=size))
        for row, size in (("video-instant", SMALL), ("video-480", MIDDLE), ("video-720", LARGE))
    ),
    Scenario(
        "video-100ms",
        ("video-100ms", "video-100ms-growth"),
        partial(_lag, row="video-100ms", handler="video-100ms", sessions=1),
    ),
    Scenario(
        "video-busy",
        ("video-busy", "video-busy-growth"),
        partial(_lag, row="video-busy", handler="video-busy", sessions=2),
    ),
    *(
        Scenario(row, (row, f"{row}-rate"), partial(_eight, row=row), bare=False, fastrtc=False)
        for row in ("video-eight-threads", "video-eight-pool")
    ),
)
