"""Whether the first reply of a connection is heard later than those after it.

For an aiortc client replies are told apart by their pitch: its jitter buffer keeps the last packets
of a reply until the next one pushes them out, so that the first thing heard is the end of the one
before.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from gradio_webrtc import AsyncStreamHandler
from gradio_webrtc.client import connect
from gradio_webrtc.client.received import ReceivedAudio
from proof.parts import Chart, Finding
from proof.sound.page import NOTING, served, visited

RATE = 48_000
SAID_AT = (1.0, 2.5, 4.0, 5.5)
"""Seconds after the connection at which something is said."""
LENGTH = 0.3
PITCHES = (600, 900, 1200, 1500)
"""Of the replies, in Hz: whole periods in a packet."""
LOUD = 1600
QUIET = 0.25
PRIMED = 0.2
CALLS = 4
LATER_MS = 20.0
"""What the first may be later than the others: one packet."""

Sound = NDArray[np.int16]


class Speaker(AsyncStreamHandler):
    """Says something now and then.

    Args:
        primes: seconds of silence that are said at once.
        said: when each was said, in seconds since 1970; shared by all copies.
    """

    def __init__(self, primes: float, said: list[float]) -> None:
        super().__init__(input_sample_rate=RATE, output_sample_rate=RATE)
        self.primes, self.said = primes, said
        self._parts = self._saying()

    def copy(self) -> Speaker:
        """Return one for another session."""
        return Speaker(self.primes, self.said)

    async def start_up(self) -> None:
        """Begin to count."""
        self._began = time.monotonic()

    async def receive(self, frame: tuple[int, Sound]) -> None:
        """Ignore it."""

    async def emit(self) -> tuple[int, Sound] | None:
        """Say the next thing when it is time to."""
        for at, sound in self._parts:
            await asyncio.sleep(max(0.0, self._began + at - time.monotonic()))
            if sound.any():
                self.said.append(time.time())
            return RATE, sound[np.newaxis]
        await asyncio.sleep(60)
        return None

    def _saying(self) -> Iterator[tuple[float, Sound]]:
        if self.primes:
            yield 0.0, np.zeros(round(self.primes * RATE), np.int16)
        times = np.arange(round(LENGTH * RATE)) / RATE
        for at, pitch in zip(SAID_AT, PITCHES, strict=True):
            yield at, (12_000 * np.sin(2 * np.pi * pitch * times)).astype(np.int16)


def run(calls: int = CALLS) -> list[Finding]:
    """Return how much later the first of some replies is heard, by Chromium and by aiortc."""
    return [
        _finding("Chromium", in_chromium(0.0, calls), bound=True),
        _finding("Chromium, primed with 0.2 s of silence", in_chromium(PRIMED, calls)),
        _finding("an aiortc client", by_aiortc(0.0, calls)),
        _finding("an aiortc client, primed with 0.2 s of silence", by_aiortc(PRIMED, calls)),
    ]


def in_chromium(primes: float, calls: int) -> list[list[float]]:
    """Return, for each call, how long each reply took to be played by a page, in ms."""
    said: list[float] = []
    found = []
    with served(Speaker(primes, said)) as url, visited(url, NOTING) as component:
        for _ in range(calls):
            said.clear()
            component.page.evaluate("ears.onsets.length = 0")
            component.start()
            component.page.wait_for_timeout(1000 * (SAID_AT[-1] + 1.0))
            heard = component.page.evaluate("ears.onsets")
            component.stop()
            found.append(_delays(said, heard))
    return found


def by_aiortc(primes: float, calls: int) -> list[list[float]]:
    """Return the same of this package's own client, whose receiver is aiortc's."""
    said: list[float] = []
    with served(Speaker(primes, said)) as url:
        return asyncio.run(_call(url, said, calls))


async def _call(url: str, said: list[float], calls: int) -> list[list[float]]:
    found = []
    for _ in range(calls):
        said.clear()
        ear = _Ear()
        async with connect(url, audio=(RATE, np.zeros((1, RATE), np.int16))) as call:
            call.audio.listen(ear.take)
            await asyncio.sleep(SAID_AT[-1] + 1.0)
        found.append(_delays(said, [ear.first.get(pitch, np.inf) for pitch in PITCHES]))
    return found


class _Ear:
    """Notes when each pitch was heard first, in seconds since 1970."""

    def __init__(self) -> None:
        self.first: dict[int, float] = {}

    def take(self, piece: ReceivedAudio) -> None:
        samples = piece.samples[0].astype(np.float64)
        if np.abs(samples).max(initial=0) < LOUD:
            return
        loudest = np.argmax(np.abs(np.fft.rfft(samples))) * piece.sample_rate / samples.size
        self.first.setdefault(min(PITCHES, key=lambda pitch: abs(pitch - loudest)), time.time())


def _delays(said: Sequence[float], heard: Sequence[float]) -> list[float]:
    """Return how long after each thing said the next thing was heard, in ms; NaN for never."""
    found = []
    for at in said:
        after = next((one for one in heard if one > at), None)
        found.append(np.nan if after is None or after - at > 1.0 else 1000 * (after - at))
    return found


def _finding(who: str, delays: Sequence[Sequence[float]], *, bound: bool = False) -> Finding:
    rows = [row for row in delays if len(row) == len(SAID_AT) and not np.isnan(row).any()]
    if not rows:
        return Finding(f"replies heard by {who}", "none", "all", held=False)
    medians = [statistics.median(row[number] for row in rows) for number in range(len(SAID_AT))]
    later = medians[0] - statistics.median(medians[1:])
    chart = Chart(
        f"When replies of a connection are heard by {who}",
        "reply of the connection",
        "ms after it was said",
        {"median": [(str(number + 1), ms) for number, ms in enumerate(medians)]},
    )
    return Finding(
        f"first reply of a connection heard by {who} later than the others ({len(rows)} calls)",
        f"{later:.0f} ms ({medians[0]:.0f} against {statistics.median(medians[1:]):.0f})",
        f"{LATER_MS:.0f} ms" if bound else "",
        later <= LATER_MS or not bound,
        chart,
    )
