"""What the same work costs when the processor has waited before it: why one session costs most.

The work of an echo on 20 ms of sound, without a network, an event loop or threads: decoding Opus,
pacing, encoding. It is done so often in a row, then every 20 ms as with one session, then every
20 ms again without giving up the core in between.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bench.one_core import keep_to_one_core
from bench.report import markdown
from gradio_webrtc.media.audio.libopus import SAMPLE_RATE
from gradio_webrtc.media.audio.opus import FRAME_SAMPLES, OpusDecoder, OpusEncoder
from gradio_webrtc.media.audio.pacer import FRAME_SECONDS, Frame
from gradio_webrtc.media.audio.pcm import Pcm
from gradio_webrtc.media.audio.playout_buffer import PlayoutBuffer

TIMES = 300
"""How often the work is done in each way, in each of ``ROUNDS``."""
ROUNDS = 3
LEVEL = 3_000
"""Standard deviation of the noise that is echoed, in 16-bit units."""


class Echo:
    """One session's echo, a packet at a time."""

    def __init__(self) -> None:
        self._packets = _packets()
        self._decoder = OpusDecoder(1)
        self._buffer = PlayoutBuffer()
        self._encoder = OpusEncoder()
        self._number = 0

    def __call__(self) -> None:
        """Echo 20 ms of sound."""
        packet = self._packets[self._number % len(self._packets)]
        self._buffer.play(Pcm(SAMPLE_RATE, self._decoder.decode(packet)))
        while True:
            step = self._buffer.next(self._number * FRAME_SECONDS)
            if not isinstance(step, Frame):
                break
            self._encoder.encode(step.samples, step.pts)
        self._number += 1


@dataclass(frozen=True)
class Pauses:
    """Processor time of the same work, in microseconds each: medians of all.

    Attributes:
        in_a_row: one after the other.
        after_sleep: each after the process has slept for 20 ms.
        after_spin: each after it has done nothing for 20 ms but read the clock.
    """

    in_a_row: float
    after_sleep: float
    after_spin: float

    def __str__(self) -> str:
        """Return a table."""
        return markdown(
            [
                ("20 ms of an echo", "processor time each"),
                ("in a row", f"{self.in_a_row:.0f} us"),
                ("every 20 ms, asleep between", f"{self.after_sleep:.0f} us"),
                ("every 20 ms, reading the clock between", f"{self.after_spin:.0f} us"),
            ]
        )


def measure(times: int = TIMES, rounds: int = ROUNDS) -> Pauses:
    """Do the work on one core in the three ways, in turn."""
    keep_to_one_core()
    echo = Echo()
    ways: Sequence[Callable[[], None]] = (lambda: None, _sleep, _spin)
    took: list[list[float]] = [[] for _ in ways]
    for _ in range(times):  # what is done for the first time only
        echo()
    for _ in range(rounds):
        for way, found in zip(ways, took, strict=True):
            found += _times(echo, way, times)
    return Pauses(*(statistics.median(found) for found in took))


def _times(work: Callable[[], None], before: Callable[[], None], times: int) -> list[float]:
    found = []
    for _ in range(times):
        before()
        start = time.process_time_ns()
        work()
        found.append((time.process_time_ns() - start) / 1000)
    return found


def _sleep() -> None:
    time.sleep(FRAME_SECONDS)


def _spin() -> None:
    until = time.perf_counter() + FRAME_SECONDS
    while time.perf_counter() < until:
        pass


def _packets() -> list[bytes]:
    noise = np.random.default_rng(1).normal(0, LEVEL, (50, 1, FRAME_SAMPLES)).astype(np.int16)
    encoder = OpusEncoder()
    return [bytes(encoder.encode(each, n * FRAME_SAMPLES)) for n, each in enumerate(noise)]
