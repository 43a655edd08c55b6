"""Talking with some of many sessions in turn, and how soon each is answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bench.client import Client
from bench.clips import ClipTrack
from bench.results import Samples
from bench.scenarios.turns import Ear, pause, reply_delay
from bench.spoken import SpeakingTrack

SPEAKERS = 3
"""How many of the sessions are talked with, the first and the last among them."""


@dataclass(frozen=True)
class Answers:
    """How soon what was said was answered.

    Attributes:
        delays: from each last word to the reply's first sound, in ms, in the order they were said.
        unanswered: how often there was no reply within four seconds.
    """

    delays: tuple[float, ...]
    unanswered: int

    def __str__(self) -> str:
        """Return median, 95th percentile and slowest, and how many there were none of."""
        lost = f", {self.unanswered} unanswered" if self.unanswered else ""
        if not self.delays:
            return f"none{lost}"
        took = Samples(self.delays)
        return f"{took.p50:.0f} / {took.p95:.0f} / {took.max:.0f} ms{lost}"


def speakers(opened: Sequence[Client]) -> list[tuple[ClipTrack, Ear]]:
    """Let ``SPEAKERS`` of the clients listen to replies; return what they speak and hear with."""
    last = len(opened) - 1
    places = dict.fromkeys(round(last * n / (SPEAKERS - 1)) for n in range(SPEAKERS))
    chosen: list[tuple[ClipTrack, Ear]] = []
    for place in places:
        ear = Ear()
        opened[place].on_frame = ear.take
        chosen.append((opened[place].track, ear))
    return chosen


async def talk(chosen: Sequence[tuple[ClipTrack, Ear]], turns: int) -> Answers:
    """Say ``turns`` sentences by those of ``speakers`` in turn, each after the reply before it.

    What each says first does not count: a handler's first reply finds nothing warmed up.
    """
    delays: list[float | None] = []
    for number in range(turns + len(chosen)):
        track, ear = chosen[number % len(chosen)]
        assert isinstance(track, SpeakingTrack)
        delays.append(await reply_delay(track, ear, number))
        await pause(number)
    counted = delays[len(chosen) :]
    took = tuple(1000 * delay for delay in counted if delay is not None)
    return Answers(took, len(counted) - len(took))
