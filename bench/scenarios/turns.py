"""Talking with the server: how soon it answers, and how soon it falls silent."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cache, partial

import numpy as np
import numpy.typing as npt

from bench.client import Client
from bench.clips import Clip
from bench.process import Server
from bench.results import Reading, reading
from bench.scenarios.plan import Pace, Scenario, watch_cpu
from bench.spoken import SpeakingTrack, room_clip, sentences
from bench.tones import HEARD, silence_clip
from gradio_webrtc.client.received import ReceivedAudio

PATIENCE = 4.0
"""Seconds after which a turn counts as unanswered."""
ENOUGH = 45.0
"""Seconds after which no more replies are interrupted."""
QUIET = 0.12
"""Seconds without the tone after which the reply is over."""
PAUSE = 0.6
"""Seconds between a reply and the next sentence."""
TIMED = {
    "turn-decided": "decided_s",
    "turn-first-audio": "first_audio_s",
    "turn-heard": "first_heard_s",
}
"""Rows, and what of the server's own ``TurnTimings`` they tell."""
LISTENING = 15.0
"""Percent of a core that one session in a quiet room does not use; more is a model being loaded."""
INTO_REPLY = 0.7
"""Seconds a reply has been heard for before it is interrupted."""


class Ear:
    """Listens to replies. One that has another pitch than the one before is another reply.

    Attributes:
        replies: when each was first and last heard.
    """

    def __init__(self) -> None:
        self.replies: list[tuple[float, float]] = []
        self._pitch = 0.0
        self._woken = asyncio.Event()

    def take(self, piece: ReceivedAudio, at: float) -> None:
        """Look at audio received at time ``at``."""
        self.hear(piece.samples[0].astype(np.float64), at)

    def hear(self, sound: npt.NDArray[np.float64], at: float) -> None:
        """Look at sound of shape ``(samples,)`` received at time ``at``."""
        if np.abs(sound).max(initial=0) < HEARD:
            return
        pitch = float(np.argmax(np.abs(np.fft.rfft(sound))))
        self.spoke(at, QUIET if pitch == self._pitch else 0.0)
        self._pitch = pitch

    def spoke(self, at: float, quiet: float) -> None:
        """Note that something was heard; after so many seconds without it is another reply."""
        begins = not self.replies or at - self.replies[-1][1] > quiet
        first = at if begins else self.replies.pop()[0]
        self.replies.append((first, at))
        self._woken.set()

    async def next_reply(self, number: int) -> float | None:
        """Return when reply ``number`` began, or ``None`` when none does in time."""
        deadline = time.perf_counter() + PATIENCE
        while len(self.replies) <= number:
            self._woken.clear()
            try:
                await asyncio.wait_for(self._woken.wait(), deadline - time.perf_counter())
            except asyncio.TimeoutError:
                return None
        return self.replies[number][0]

    async def end(self, number: int, patience: float, quiet: float = QUIET) -> float | None:
        """Return when reply ``number`` was heard last, or ``None`` when it goes on for longer."""
        deadline = time.perf_counter() + patience
        while time.perf_counter() < deadline:
            last = self.replies[number][1]
            rest = quiet - (time.perf_counter() - last)
            if len(self.replies) > number + 1 or rest <= 0:
                return last
            await asyncio.sleep(rest + 0.001)
        return None


@asynccontextmanager
async def talking(
    server: Server, handler: str, ear: Ear
) -> AsyncIterator[tuple[SpeakingTrack, Ear]]:
    """Connect somebody who speaks when told to, and listens with ``ear``."""
    track = SpeakingTrack(_room())
    client = Client(server.port, handler, track)
    client.on_frame = ear.take
    try:
        await client.open()
        yield track, ear
        client.check_connected()
    finally:
        await client.aclose()


async def _said(track: SpeakingTrack, number: int) -> tuple[float, float]:
    """Say a sentence; return when its first and its last voice were handed over."""
    said = sentences()
    return await track.say(said[number % len(said)])


async def reply_delay(track: SpeakingTrack, ear: Ear, number: int) -> float | None:
    """Say a sentence and hear the reply to its end.

    Return the seconds from the last voice to the reply's first sound; ``None``: there was no reply,
    or only one to what was said before, which began while this was being said.
    """
    before = len(ear.replies)
    _, ended = await _said(track, number)
    began = await ear.next_reply(before)
    if began is None:
        return None
    await ear.end(before, PATIENCE)
    return None if began < ended else began - ended


async def pause(number: int) -> None:
    """Wait until the next is said, in step with nothing."""
    await asyncio.sleep(PAUSE + 0.0137 * (number % 7))


async def _answers(server: Server, pace: Pace, *, row: str) -> Sequence[Reading]:
    took: list[float] = []
    async with talking(server, row, Ear()) as (track, ear):
        await asyncio.sleep(pace.warm_up)
        for number in range(-1, pace.turns):  # the first one warms up
            delay = await reply_delay(track, ear, number)
            if delay is not None and number >= 0:
                took.append(1000 * delay)
            await pause(number)
    lost, late = float(pace.turns - len(took)), 1000 * track.late
    return (
        reading(row, took, lost=lost, client_late_ms=late),
        reading(f"{row}-spread", [max(took) - min(took)] if took else [], client_late_ms=late),
    )


async def _timed(server: Server, pace: Pace) -> Sequence[Reading]:
    """Talk, and read what the server itself tells of the turns."""
    async with talking(server, "turn-timed", Ear()) as (track, ear):
        await asyncio.sleep(pace.warm_up)
        for number in range(-1, pace.turns // 2):
            await reply_delay(track, ear, number)
            await asyncio.sleep(PAUSE)
        turns = (await server.turns())[1:]
    return [
        reading(row, [1000 * turn[name] for turn in turns if turn[name] is not None])
        for row, name in TIMED.items()
    ]


async def _interruptions(server: Server, pace: Pace, *, row: str) -> Sequence[Reading]:
    took: list[float] = []
    tries, over = max(3, pace.turns // 2), time.perf_counter() + ENOUGH
    async with talking(server, row, Ear()) as (track, ear):
        await asyncio.sleep(pace.warm_up)
        await _said(track, 0)
        answered = await ear.next_reply(0)
        while answered and len(took) < tries and time.perf_counter() < over:
            await asyncio.sleep(INTO_REPLY)
            number = len(ear.replies) - 1
            began, _ = await _said(track, 1 + len(took))
            silent = await ear.end(number, over - time.perf_counter())
            if silent is None:
                break
            took.append(1000 * (silent - began))
            answered = await ear.next_reply(number + 1)
    lost = float(len(took) < tries)
    return (
        reading(row, took, lost=lost, client_late_ms=1000 * track.late),
        reading(f"{row}-max", [max(took)] if took else []),
    )


async def _idle(server: Server, pace: Pace, *, row: str, clip: Clip) -> Sequence[Reading]:
    client = Client(server.port, "turn", SpeakingTrack(clip))
    try:
        await client.open()
        # The first conversation of a process loads what recognises words and voices.
        await server.at_rest(LISTENING)
        await asyncio.sleep(pace.warm_up)
        cpu, own = await watch_cpu(server, pace.idle, sessions=1)
        client.check_connected()
    finally:
        await client.aclose()
    return (reading(row, [cpu], client_cpu=own),)


@cache
def _room() -> Clip:
    return room_clip()


async def _idle_silence(server: Server, pace: Pace) -> Sequence[Reading]:
    return await _idle(server, pace, row="reply-idle", clip=silence_clip())


async def _idle_room(server: Server, pace: Pace) -> Sequence[Reading]:
    return await _idle(server, pace, row="reply-idle-room", clip=_room())


def _answering(row: str, *, fastrtc: bool = True) -> Scenario:
    run = partial(_answers, row=row)
    return Scenario(row, (row, f"{row}-spread"), run, bare=False, fastrtc=fastrtc)


TURN_SCENARIOS = (
    Scenario("turn", ("reply-idle",), _idle_silence, bare=False),
    Scenario("turn", ("reply-idle-room",), _idle_room, bare=False),
    _answering("turn"),
    Scenario("turn-timed", tuple(TIMED), _timed, bare=False, fastrtc=False),
    _answering("turn-300", fastrtc=False),
    Scenario(
        "interrupt", ("interrupt", "interrupt-max"), partial(_interruptions, row="interrupt"), False
    ),
)
