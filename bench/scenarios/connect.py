"""How soon a connection stands and its first frame is there, one connection after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import cache

from bench.clips import Clip
from bench.pictures import counter_clip
from bench.process import Server
from bench.results import BenchError, Reading, reading
from bench.scenarios.plan import Pace, Scenario, clients
from bench.tones import burst_clip

PAUSE = 0.2
"""Seconds between trials, so that one's end is not in the next one's time."""


@cache
def _clip(handler: str) -> Clip:
    return burst_clip() if handler == "audio-echo" else counter_clip()


async def _trials(server: Server, pace: Pace, handler: str) -> tuple[list[float], list[float]]:
    """Return the milliseconds to connected and to the first frame; the first trial warms up."""
    connected: list[float] = []
    framed: list[float] = []
    for _ in range(pace.trials + 1):
        async with clients(server, handler, _clip(handler)) as (client,):
            await client.first_frame()
        if client.connected_after is None or client.first_frame_after is None:
            raise BenchError("a trial gave no times")
        connected.append(1000 * client.connected_after)
        framed.append(1000 * client.first_frame_after)
        await asyncio.sleep(PAUSE)
    return connected[1:], framed[1:]


async def _audio(server: Server, pace: Pace) -> Sequence[Reading]:
    connected, framed = await _trials(server, pace, "audio-echo")
    return reading("connect", connected), reading("first-audio", framed)


async def _video(server: Server, pace: Pace) -> Sequence[Reading]:
    _, framed = await _trials(server, pace, "video-instant")
    return (reading("first-video", framed),)


AUDIO_CONNECT = Scenario("audio-echo", ("connect", "first-audio"), _audio)
VIDEO_CONNECT = Scenario("video-instant", ("first-video",), _video)
