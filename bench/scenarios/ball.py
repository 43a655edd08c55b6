"""Asking the Magic 8 Ball aloud, and how soon it is heard: ears, answer and voice included."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from bench.process import Server
from bench.results import Reading, reading
from bench.scenarios.plan import Pace, Scenario
from bench.scenarios.turns import PATIENCE, Ear, talking
from bench.spoken import questions

VOICE = 500
"""Level above which the ball speaks, in 16-bit units."""
SILENCE = 1.0
"""Seconds without its voice after which its answer is over; it pauses within one."""
ROW = "ball"


class VoiceEar(Ear):
    """Listens to speech, whose pitch says nothing about where it begins."""

    def hear(self, sound: npt.NDArray[np.float64], at: float) -> None:
        """Look at sound of shape ``(samples,)`` received at time ``at``."""
        if np.abs(sound).max(initial=0) >= VOICE:
            self.spoke(at, SILENCE)


async def _asks(server: Server, pace: Pace) -> Sequence[Reading]:
    said = questions()
    took: list[float] = []
    async with talking(server, ROW, VoiceEar()) as (track, ear):
        await asyncio.sleep(pace.warm_up + 3.0)  # ears and voice are loaded meanwhile
        for number in range(-2, pace.turns * 2 // 3):  # the first two warm up; a turn takes 4 s
            before = len(ear.replies)
            _, ended = await track.say(said[number % len(said)])
            answered = await ear.next_reply(before)
            if answered is None:
                continue
            await ear.end(before, PATIENCE, SILENCE)
            if number >= 0:
                took.append(1000 * (answered - ended))
    lost, late = float(pace.turns * 2 // 3 - len(took)), 1000 * track.late
    return (reading(ROW, took, lost=lost, client_late_ms=late),)


BALL_SCENARIO = Scenario(ROW, (ROW,), _asks, bare=False, fastrtc=False)
