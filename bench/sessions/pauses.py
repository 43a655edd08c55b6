"""What the same work costs when the processor has waited before it: why one session costs most.

Without a network, an event loop or threads: the work of an echo on 20 ms of sound, decoding Opus,
pacing and encoding; and what the codec alone has to do for a picture of 1280x720 that comes and
goes, decoding and encoding VP8. Each is done so often in a row, then as often as one session asks
for it, then as often again without giving up the core in between.
"""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bench.one_core import keep_to_one_core
from bench.pictures import LARGE, RATE, counter_clip
from bench.report import markdown
from gradio_webrtc.media.audio.libopus import SAMPLE_RATE
from gradio_webrtc.media.audio.opus import FRAME_SAMPLES, OpusDecoder, OpusEncoder
from gradio_webrtc.media.audio.pacer import FRAME_SECONDS, Frame
from gradio_webrtc.media.audio.pcm import Pcm
from gradio_webrtc.media.audio.playout_buffer import PlayoutBuffer
from gradio_webrtc.media.video.decoder import VideoDecoder
from gradio_webrtc.media.video.encoded_video import EncodedFrame, is_key
from gradio_webrtc.media.video.rtp_clock import VIDEO_CLOCK_RATE
from gradio_webrtc.transports.sending.bitrate_limits import DEFAULT_LIMITS, BoundedVp8Encoder

SECONDS = 6.0
"""For which the work of a session is done in each way, in each of ``ROUNDS``."""
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


class PictureCodec:
    """The codec's part of one session's video of 1280x720, a picture at a time."""

    def __init__(self) -> None:
        self._packets = itertools.cycle(counter_clip(LARGE).frames)
        self._decoder = VideoDecoder("VP8", LARGE)
        limit = DEFAULT_LIMITS["video/vp8"]
        self._encoder = BoundedVp8Encoder(limit, limit)
        self._number = 0

    def __call__(self) -> None:
        """Decode a picture and encode it again."""
        data = next(self._packets)
        timestamp = self._number * VIDEO_CLOCK_RATE // RATE
        for picture in self._decoder.decode(
            EncodedFrame(data, timestamp, is_key("VP8", data), 0.0)
        ):
            self._encoder.encode(picture)
        self._number += 1


@dataclass(frozen=True)
class Pauses:
    """Processor time of the same work, in microseconds each: medians of all.

    Attributes:
        interval: seconds from one to the next.
        in_a_row: one after the other.
        after_sleep: each after the process has slept for ``interval``.
        after_spin: each after it has done nothing for as long but read the clock.
    """

    interval: float
    in_a_row: float
    after_sleep: float
    after_spin: float

    def line(self, what: str) -> list[str]:
        """Return a line of the table: each way, in percent of a core as well."""
        took = (self.in_a_row, self.after_sleep, self.after_spin)
        return [what, *(f"{each:.0f} us, {each / self.interval / 1e4:.1f} %" for each in took)]


def report() -> str:
    """Measure both kinds of work and return the table."""
    keep_to_one_core()
    return markdown(
        [
            ("processor time each, of a core", "in a row", "asleep between", "reading the clock"),
            measure(Echo(), FRAME_SECONDS).line("20 ms of an echo"),
            measure(PictureCodec(), 1 / RATE).line("1280x720, the codec alone"),
        ]
    )


def measure(
    work: Callable[[], None], interval: float, seconds: float = SECONDS, rounds: int = ROUNDS
) -> Pauses:
    """Do ``work`` in the three ways, in turn, ``interval`` seconds apart in two of them."""

    def sleep() -> None:
        time.sleep(interval)

    def spin() -> None:
        until = time.perf_counter() + interval
        while time.perf_counter() < until:
            pass

    ways: Sequence[Callable[[], None]] = (lambda: None, sleep, spin)
    took: list[list[float]] = [[] for _ in ways]
    times = round(seconds / interval)
    for _ in range(times):  # what is done for the first time only
        work()
    for _ in range(rounds):
        for way, found in zip(ways, took, strict=True):
            found += _times(work, way, times)
    return Pauses(interval, *(statistics.median(found) for found in took))


def _times(work: Callable[[], None], before: Callable[[], None], times: int) -> list[float]:
    found = []
    for _ in range(times):
        before()
        start = time.process_time_ns()
        work()
        found.append((time.process_time_ns() - start) / 1000)
    return found


def _packets() -> list[bytes]:
    noise = np.random.default_rng(1).normal(0, LEVEL, (50, 1, FRAME_SAMPLES)).astype(np.int16)
    encoder = OpusEncoder()
    return [bytes(encoder.encode(each, n * FRAME_SAMPLES)) for n, each in enumerate(noise)]
