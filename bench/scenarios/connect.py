"""How soon a connection stands and its first frame is there, one connection after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from bench.clips import Clip
from bench.pictures import counter_clip
from bench.process import Server
from bench.results import BenchError, Reading, reading
from bench.scenarios.plan import Pace, Scenario, clients
from bench.tones import burst_clip

PAUSE = 0.2
"""Seconds between trials, so that one's end is not in the next one's time."""

ENOUGH = 2
"""Good trials without which there is no figure."""


@cache
def _clip(handler: str) -> Clip:
    return burst_clip() if handler == "audio-echo" else counter_clip()


@dataclass
class Trials:
    """Milliseconds to connected and to the first frame, and how many trials failed (0 or 1)."""

    connected: list[float] = field(default_factory=list)
    framed: list[float] = field(default_factory=list)
    failed: float = 0


async def _trials(server: Server, pace: Pace, handler: str) -> Trials:
    """Connect again and again, until one fails; the first trial warms up.

    Raises:
        BenchError: there were fewer than two good ones.
    """
    trials = Trials()
    for number in range(pace.trials + 1):
        try:
            async with clients(server, handler, _clip(handler)) as (client,):
                await client.first_frame()
        except BenchError:
            if len(trials.connected) < ENOUGH:
                raise
            trials.failed = 1
            break
        if number and client.connected_after and client.first_frame_after:
            trials.connected.append(1000 * client.connected_after)
            trials.framed.append(1000 * client.first_frame_after)
        await asyncio.sleep(PAUSE)
    return trials


async def _audio(server: Server, pace: Pace) -> Sequence[Reading]:
    trials = await _trials(server, pace, "audio-echo")
    return (
        reading("connect", trials.connected, failed=trials.failed),
        reading("first-audio", trials.framed, failed=trials.failed),
    )


async def _video(server: Server, pace: Pace) -> Sequence[Reading]:
    trials = await _trials(server, pace, "video-instant")
    return (reading("first-video", trials.framed, failed=trials.failed),)


AUDIO_CONNECT = Scenario("audio-echo", ("connect", "first-audio"), _audio)
VIDEO_CONNECT = Scenario("video-instant", ("first-video",), _video)
