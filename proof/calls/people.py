"""Clients that stay for long: some echo sound, some talk, some echo video."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable
from functools import cache
from typing import Any

from av import Packet

from bench.client import Client
from bench.clips import Clip, ClipTrack
from bench.pictures import SMALL, CounterListener, counter_clip
from bench.scenarios.turns import Ear
from bench.spoken import SpeakingTrack, room_clip, sentences
from bench.tones import BurstListener, burst_clip

VOICES, VIDEOS = 0.3, 0.1
"""Which part of them talk, and which echo video."""

PAUSE_SECONDS = 6.0
"""Between an answer and the next sentence."""

bursts, _room = cache(burst_clip), cache(room_clip)


CATCHING_UP_SECONDS = 0.1
"""By how much a frame may be late and still be sent. A client that stood still goes on with what is
now, as a microphone does; what it would send all at once would be in the echo's queue for good."""


class LiveTrack(ClipTrack):
    """Leaves out what it has not sent in time."""

    async def recv(self) -> Packet[Any]:
        """Return the next frame when it is due; called by aiortc's sender."""
        now = time.perf_counter()
        if self._start is not None and now - self._due() > CATCHING_UP_SECONDS:
            while self._due() < now:
                self.sent.append(now)
        return await super().recv()

    def _due(self) -> float:
        assert self._start is not None
        return self._start + len(self.sent) * self._clip.interval


@cache
def pictures() -> Clip:
    """Return pictures that are numbered."""
    return counter_clip(SMALL)


class People:
    """So many clients of a server that has the handlers ``audio``, ``voice`` and ``video``.

    Args:
        port: of the server.
        count: how many.

    Attributes:
        clients: all of them.
        answered, unanswered: what was said so far.
    """

    def __init__(self, port: int, count: int) -> None:
        voices, videos = round(VOICES * count), round(VIDEOS * count)
        self.clients: list[Client] = []
        self.answered = self.unanswered = 0
        self._port = port
        self._listeners: dict[str, list[BurstListener | CounterListener]] = {
            "audio": [],
            "video": [],
        }
        self._answers: list[float] = []
        self._talks: list[Callable[[], asyncio.Task[None]]] = []
        self._talking: list[asyncio.Task[None]] = []
        for _ in range(count - voices - videos):
            self._echo("audio", LiveTrack(bursts()), BurstListener)
        for _ in range(videos):
            self._echo("video", LiveTrack(pictures()), CounterListener)
        for number in range(voices):
            self._speaker(number)

    async def come(self) -> None:
        """Connect one after the other.

        Raises:
            BenchError: one could not.
        """
        for client in self.clients:
            await client.open()
        self._talking = [talk() for talk in self._talks]

    async def go(self) -> None:
        """Hang up."""
        for task in self._talking:
            task.cancel()
        await asyncio.gather(*(client.aclose() for client in self.clients))

    def delay(self, kind: str) -> float:
        """Return the median round trip since the last time, in ms; ``nan`` when nothing came.

        Args:
            kind: ``"audio"`` or ``"video"``; ``"voice"``: from a sentence's end to its answer.
        """
        took = [1000 * mark.took for each in self._listeners.get(kind, []) for mark in each.heard]
        for listener in self._listeners.get(kind, []):
            listener.heard.clear()
        if kind == "voice":
            took, self._answers = self._answers, []
        return statistics.median(took) if took else float("nan")

    def _echo(
        self,
        handler: str,
        track: ClipTrack,
        listening: type[BurstListener] | type[CounterListener],
    ) -> None:
        client, listener = Client(self._port, handler, track), listening(track.sent)
        client.on_frame = listener.take
        self.clients.append(client)
        self._listeners[handler].append(listener)

    def _speaker(self, number: int) -> None:
        track, ear = SpeakingTrack(_room()), Ear()
        client = Client(self._port, "voice", track)
        client.on_frame = ear.take
        self.clients.append(client)
        self._talks.append(lambda: asyncio.ensure_future(self._talk(track, ear, number)))

    async def _talk(self, track: SpeakingTrack, ear: Ear, number: int) -> None:
        said = sentences()
        while True:
            await asyncio.sleep(PAUSE_SECONDS + 0.37 * number)
            before = len(ear.replies)
            _, ended = await track.say(said[number % len(said)])
            answered = await ear.next_reply(before)
            number += 1
            if answered is None:
                self.unanswered += 1
            else:
                self.answered += 1
                self._answers.append(1000 * (answered - ended))
