"""Echoed audio: round trip and the server's work, at one and at ten sessions."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from functools import cache, partial

from bench.client import Client
from bench.clips import Clip
from bench.marks import Heard
from bench.process import Server
from bench.results import BenchError, Reading, reading
from bench.scenarios.plan import Pace, Scenario, clients, watch_cpu
from bench.tones import FRAMES_PER_BURST, BurstListener, burst_clip

TAIL = 0.8
"""Seconds to wait for the last bursts of the window."""


@cache
def _clip() -> Clip:
    return burst_clip()


async def _echo(
    server: Server, pace: Pace, *, row: str, handler: str, sessions: int
) -> Sequence[Reading]:
    seconds = pace.audio if sessions == 1 else pace.many
    async with clients(server, handler, _clip(), sessions) as opened:
        await _all_answered(opened)
        listeners = [_listen(client) for client in opened]
        await asyncio.sleep(pace.warm_up)
        start = time.perf_counter()
        cpu, own = await watch_cpu(server, seconds, sessions)
        end = time.perf_counter()
        await asyncio.sleep(TAIL)
        for client in opened:
            client.check_connected()
    heard = [_within(listener.heard, start, end) for listener in listeners]
    sent = sum(_bursts_sent(client, start, end) for client in opened)
    took = [1000 * mark.took for marks in heard for mark in marks]
    late = 1000 * max(client.track.late for client in opened)
    notes = {"lost": float(sent - len(took)), "client_cpu": own, "client_late_ms": late}
    return reading(row, took, **notes), reading(f"{row}-cpu", [cpu], **notes)


async def _all_answered(opened: Sequence[Client]) -> None:
    """Raise ``BenchError`` unless every session echoes."""
    outcomes = await asyncio.gather(
        *(client.first_frame() for client in opened), return_exceptions=True
    )
    silent = [outcome for outcome in outcomes if outcome is not None]
    if silent:
        raise BenchError(f"{len(silent)} of {len(opened)} sessions: {silent[0]}")


def _listen(client: Client) -> BurstListener:
    listener = BurstListener(client.track.sent)
    client.on_frame = listener.take
    return listener


def _within(heard: Sequence[Heard], start: float, end: float) -> list[Heard]:
    return [mark for mark in heard if start <= mark.sent < end]


def _bursts_sent(client: Client, start: float, end: float) -> int:
    return sum(start <= sent < end for sent in client.track.sent[::FRAMES_PER_BURST])


def _scenario(row: str, handler: str, sessions: int, *, bare: bool = True) -> Scenario:
    run = partial(_echo, row=row, handler=handler, sessions=sessions)
    return Scenario(handler, (row, f"{row}-cpu"), run, bare)


AUDIO_SCENARIOS = (
    _scenario("audio-1", "audio-echo", 1),
    _scenario("audio-10", "audio-echo", 10),
    _scenario("audio-async", "audio-async", 1, bare=False),
)
