"""A long call with silences: how long sound takes from mouth to ear, and what is made up of it."""

from __future__ import annotations

import asyncio
import itertools
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradio_webrtc import AsyncStreamHandler
from proof.parts import Chart, Finding
from proof.sound.page import CLICKING, served, visited

RATE = 48_000
TALK = 8.0
PAUSE = 4.0
"""Seconds that the server plays, and that it sends nothing, in turn."""
WINDOW = TALK + PAUSE
MORE_MS = 20.0
"""What the delay may be longer at the end than at the beginning: one packet."""
LATEST = 0.9
"""Seconds within which a click comes back; the next one is made after one second."""
FULL = 45.0
"""Packets a second of which there are 50 while the server plays."""
LATE = 0.04
"""Seconds without sound from the page, of which there is a packet every 0.02, that are a gap."""
PART = 4
"""The first and the last quarter of the windows are compared."""

Sound = NDArray[np.int16]


class InterruptedEcho(AsyncStreamHandler):
    """Sends back what comes for ``TALK`` seconds, and nothing for ``PAUSE``, in turn.

    Args:
        came: when each piece of sound came, in seconds since 1970; shared by all copies.
    """

    def __init__(self, came: list[float]) -> None:
        super().__init__(input_sample_rate=RATE, output_sample_rate=RATE)
        self.came = came
        self.queue: asyncio.Queue[tuple[int, Sound]] = asyncio.Queue()
        self.began = 0.0

    def copy(self) -> InterruptedEcho:
        """Return one for another session."""
        return InterruptedEcho(self.came)

    async def receive(self, frame: tuple[int, Sound]) -> None:
        """Queue the sound while it is time to."""
        self.came.append(time.time())
        self.began = self.began or time.monotonic()
        if (time.monotonic() - self.began) % WINDOW < TALK:
            self.queue.put_nowait(frame)

    async def emit(self) -> tuple[int, Sound]:
        """Return the next sound."""
        return await self.queue.get()


@dataclass(frozen=True)
class Heard:
    """What the page told of a call.

    Attributes:
        clicks: when each click was made, in seconds on the page's clock of sound.
        heard: when something began to be heard, on the same clock.
        statistics: what ``getStats()`` said of the received sound, once a second.
        came: when each piece of sound of the page came at the server, in seconds since 1970.
    """

    clicks: Sequence[float]
    heard: Sequence[float]
    statistics: Sequence[dict[str, float]]
    came: Sequence[float] = ()

    def mouth_to_ear(self) -> list[tuple[float, float]]:
        """Return when each click that came back was made, and how long that took, in ms."""
        found = []
        for click in self.clicks:
            after = next((at for at in self.heard if at > click), None)
            if after is not None and after - click < LATEST:
                found.append((click, 1000 * (after - click)))
        return found

    def waits(self) -> list[tuple[float, float]]:
        """Return when, and how long sound waited in the browser's jitter buffer then, in ms."""
        found = []
        for before, now in self._windows():
            emitted = now["jitterBufferEmittedCount"] - before["jitterBufferEmittedCount"]
            if emitted > 0:
                delay = now["jitterBufferDelay"] - before["jitterBufferDelay"]
                found.append((now["at"], 1000 * delay / emitted))
        return found

    def concealed(self) -> tuple[float, float, float]:
        """Return the seconds that the browser made up, silence apart, by what was the matter.

        While packets came, the part of it where the page's own sound, which is what is sent back,
        came late at the server, and else: when nothing comes the browser goes on with what came
        last, which is a packet of silence, and fades that out before it counts it as silence.
        """
        steps = list(zip(self.statistics[:-1], self.statistics[1:], strict=True))
        full = [_rate(before, now) >= FULL for before, now in steps]
        during = late = other = 0.0
        for number, (before, now) in enumerate(steps):
            every = now["concealedSamples"] - before["concealedSamples"]
            silent = now["silentConcealedSamples"] - before["silentConcealedSamples"]
            if all(full[max(0, number - 1) : number + 2]):
                during += (every - silent) / RATE
                if self._came_late(before["wall"], now["wall"]):
                    late += (every - silent) / RATE
            else:
                other += (every - silent) / RATE
        return during, late, other

    def _came_late(self, start: float, end: float) -> bool:
        times = [at for at in self.came if start - 0.2 < at < end]
        return any(now - before > LATE for before, now in itertools.pairwise(times))

    def _windows(self) -> list[tuple[dict[str, float], dict[str, float]]]:
        step = round(WINDOW)
        return list(zip(self.statistics[:-step:step], self.statistics[step::step], strict=False))


def _rate(before: dict[str, float], now: dict[str, float]) -> float:
    packets = now["packetsReceived"] - before["packetsReceived"]
    return packets / max(1e-3, now["at"] - before["at"])


def run(seconds: float) -> list[Finding]:
    """Return what became of a call of so many seconds."""
    heard = call(seconds)
    trips, waits = heard.mouth_to_ear(), heard.waits()
    start = heard.statistics[0]["at"]
    minutes = [[((at - start) / 60, ms) for at, ms in each] for each in (trips, waits)]
    chart = Chart(
        f"A call of {seconds / 60:.0f} minutes with silences, in Chromium",
        "minutes",
        "ms",
        {"from mouth to ear and back": minutes[0], "of it in the jitter buffer": minutes[1]},
    )
    lost = heard.statistics[-1]["packetsLost"]
    during, late, other = heard.concealed()
    return [
        _grown(f"mouth to ear, last quarter of {seconds / 60:.0f} minutes", trips, chart),
        _grown("playout delay (jitterBufferDelay a sample), last quarter", waits, None),
        Finding(
            "sound made up by the browser while packets come, on a clean network",
            f"{1000 * during:.0f} ms, {lost:.0f} packets lost; {1000 * late:.0f} ms of it where "
            "the page's own sound came late at the server",
        ),
        Finding("silence continued by it where packets end and begin", f"{1000 * other:.0f} ms"),
    ]


def call(seconds: float) -> Heard:
    """Let a page click and listen for so many seconds."""
    came: list[float] = []
    with served(InterruptedEcho(came)) as url, visited(url, CLICKING) as component:
        component.start()
        page = component.page
        page.evaluate("(index) => ears.listen(index)", component.index)
        found: list[dict[str, Any]] = []
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            found.append(page.evaluate("ears.statistics()"))
            page.wait_for_timeout(max(0.0, 1000 * (found[0]["at"] + len(found) - found[-1]["at"])))
        clicks, heard = page.evaluate("[ears.clicks, ears.heard]")
    return Heard(clicks, heard, found, came)


def _grown(what: str, measured: list[tuple[float, float]], chart: Chart | None) -> Finding:
    if len(measured) < PART:
        return Finding(what, f"{len(measured)} measurements", "more", held=False)
    few = len(measured) // PART
    first = statistics.median(ms for _, ms in measured[:few])
    last = statistics.median(ms for _, ms in measured[-few:])
    bound = first + MORE_MS
    return Finding(
        f"{what} against the first", f"{last:.0f} ms", f"{bound:.0f} ms", last <= bound, chart
    )
