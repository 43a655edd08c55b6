"""Talking with the server by telephone: 8 kHz mu-law over Twilio's Media Streams."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cache

import numpy as np
import numpy.typing as npt

from bench.process import Server
from bench.results import BenchError, Reading, reading
from bench.scenarios.plan import Pace, Scenario
from bench.scenarios.turns import ENOUGH, INTO_REPLY, PATIENCE, PAUSE, Ear
from bench.spoken import ROOM, SENTENCES
from gradio_webrtc.errors import TelephoneError
from gradio_webrtc.simulated_calls.call import SimulatedCall
from tests.support.synthetic_speech import say

RATE = 8_000
Sound = npt.NDArray[np.int16]


@asynccontextmanager
async def _calling(server: Server, handler: str) -> AsyncIterator[tuple[SimulatedCall, Ear]]:
    ear = Ear()
    url = f"ws://127.0.0.1:{server.port}/{handler}/telephone/handler"
    try:
        async with SimulatedCall(url, background=_room(5 * RATE)) as call:
            call.on_heard = lambda heard, at: ear.hear(heard.astype(float), at)
            yield call, ear
            if call.over.is_set():
                raise BenchError("the call ended")
    except TelephoneError as error:
        raise BenchError(str(error)) from error


async def _turns(server: Server, pace: Pace) -> Sequence[Reading]:
    took: list[float] = []
    async with _calling(server, "turn") as (call, ear):
        await asyncio.sleep(pace.warm_up)
        for number in range(-1, pace.turns):  # the first one warms up
            before = len(ear.replies)
            _, ended = await call.say((RATE, _sentence(number % len(SENTENCES))))
            answered = await ear.next_reply(before)
            if answered is not None:
                await ear.end(before, PATIENCE)
                if number >= 0:
                    took.append(1000 * (answered - ended))
            await asyncio.sleep(PAUSE + 0.0137 * (number % 7))  # not in step with anything
    lost = float(pace.turns - len(took))
    spread = [max(took) - min(took)] if took else []
    return reading("phone-turn", took, lost=lost), reading("phone-turn-spread", spread)


async def _interruptions(server: Server, pace: Pace) -> Sequence[Reading]:
    took: list[float] = []
    tries = max(3, pace.turns // 2)
    async with _calling(server, "interrupt") as (call, ear):
        await asyncio.sleep(pace.warm_up)
        await call.say((RATE, _sentence(0)))
        over = call.now + ENOUGH
        answered = await ear.next_reply(0)
        while answered and len(took) < tries and call.now < over:
            await asyncio.sleep(INTO_REPLY)
            number = len(ear.replies)
            before = len(call.events)
            began, _ = await call.say((RATE, _sentence((1 + len(took)) % len(SENTENCES))))
            cleared = [event.time for event in call.events[before:] if event.name == "clear"]
            if not cleared:
                break
            took.append(1000 * (cleared[0] - began))
            answered = await ear.next_reply(number)
    lost = float(len(took) < tries)
    slowest = [max(took)] if took else []
    return reading("phone-clear", took, lost=lost), reading("phone-clear-max", slowest)


@cache
def _sentence(number: int) -> Sound:
    """Return a sentence with the room around it, from its first 20 ms of voice to its last."""
    spoken = say(SENTENCES[number], "en-us", rate_hz=RATE) // 2
    return np.asarray(spoken + _room(len(spoken)), np.int16)


def _room(samples: int) -> Sound:
    return np.random.default_rng(2).normal(0, ROOM, samples).astype(np.int16)


PHONE_SCENARIOS = (
    Scenario("turn", ("phone-turn", "phone-turn-spread"), _turns, False, False),
    Scenario("interrupt", ("phone-clear", "phone-clear-max"), _interruptions, False, False),
)
