"""One source for viewers behind different networks: real encoders, and estimates as receivers make.

The networks and the clock are models, so that minutes pass in seconds and always alike.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from aiortc.rate import RemoteBitrateEstimator
from av import VideoFrame

from gradio_webrtc.transports.sharing.shared_video import SharedVideo
from gradio_webrtc.transports.sharing.viewer import Viewer
from tests.support.network_model import Link, Network

pytestmark = pytest.mark.looptime

LIMIT = 1_000_000
FPS = 15
HEADERS = 40
REPORT_SECONDS = 1.0


class AtOnce(ThreadPoolExecutor):
    """Runs what it is given where it is given: a virtual clock stands still meanwhile."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run it and return what came of it."""
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


class Seat:
    """A viewer, its network, and what its receiver reports.

    Attributes:
        received: bytes of video so far.
        keys: how many key frames it was sent.
        shown: how many pictures came whole, behind others that did since a key frame.
    """

    def __init__(self, video: SharedVideo, network: Network) -> None:
        self.viewer = Viewer(video.ask_key_frame)
        self.viewer.codec = "VP8"
        self.link = Link(network, seed=1)
        self.received = self.keys = self.shown = 0
        self._whole = False
        self._loop = asyncio.get_running_loop()
        self._estimator = RemoteBitrateEstimator()
        self._reported_at = self._loop.time()
        self._counted = (0, 0)
        video.join(self.viewer)

    async def carry(self) -> None:
        """Send what waits."""
        now = self._loop.time()
        while len(self.viewer.video):
            frame = await self.viewer.video.next()
            assert frame is not None
            self.keys += frame.key
            lost = self.link.lost
            for payload in frame.payloads:
                size = len(payload) + HEADERS
                for at in self.link.arrivals(size, now):
                    self._loop.call_at(at, self._arrived, size, now)
            self._whole = lost == self.link.lost and (self._whole or frame.key)
            self.shown += self._whole
        if now - self._reported_at >= REPORT_SECONDS:
            self._report(now)

    def _arrived(self, size: int, sent_at: float) -> None:
        self.received += size
        abs_send_time = round(sent_at * (1 << 18)) & 0xFFFFFF
        now = self._loop.time()
        estimate = self._estimator.add(round(now * 1000), abs_send_time, size, 1)
        if estimate is not None:
            self.viewer.reception.estimated(estimate[0], now)

    def _report(self, now: float) -> None:
        sent, lost = self.link.sent - self._counted[0], self.link.lost - self._counted[1]
        self._reported_at, self._counted = now, (self.link.sent, self.link.lost)
        if sent:
            self.viewer.reception.lost(lost / sent, now)
        if lost:
            self.viewer.ask_key_frame(self.viewer)


class Cinema:
    """A source of pictures that take all bits there are, and its seats."""

    def __init__(self, *networks: Network) -> None:
        asyncio.get_running_loop().set_default_executor(AtOnce(1))
        self.video = SharedVideo(LIMIT, lambda: None)
        self.seats = [Seat(self.video, network) for network in networks]
        self._dice = np.random.default_rng(1)
        self._number = 0

    async def run(self, seconds: float) -> list[float]:
        """Let so much time pass; return the bits a second that each seat received."""
        before = [seat.received for seat in self.seats]
        for _ in range(round(seconds * FPS)):
            noise = self._dice.integers(0, 256, (120, 160, 3), np.uint8)
            frame = VideoFrame.from_ndarray(noise, "rgb24")
            frame.pts, frame.time_base = self._number * 90_000 // FPS, Fraction(1, 90_000)
            self._number += 1
            await self.video.send(frame, lambda: [seat.viewer for seat in self.seats])
            for seat in self.seats:
                await seat.carry()
            await asyncio.sleep(1 / FPS)
        return [
            8 * (seat.received - octets) / seconds
            for seat, octets in zip(self.seats, before, strict=True)
        ]

    @property
    def qualities(self) -> list[str]:
        return [seat.viewer.quality for seat in self.seats]

    async def shows(self, seconds: float) -> list[float]:
        """Let so much time pass; return how many pictures a second each seat saw."""
        before = [seat.shown for seat in self.seats]
        await self.run(seconds)
        return [
            (seat.shown - shown) / seconds for seat, shown in zip(self.seats, before, strict=True)
        ]


GOOD = Network(delay=0.02)
NARROW = Network(delay=0.02, rate=400_000, queue=0.3)
HALF = Network(delay=0.02, rate=800_000, queue=0.3)
LOSSY = Network(delay=0.02, loss=0.2)


async def test_a_narrow_network_takes_nothing_from_others_and_is_left_when_it_grows() -> None:
    cinema = Cinema(GOOD, GOOD, NARROW)
    await cinema.run(20)
    assert cinema.qualities == ["full", "full", "reduced"]
    *good, narrow = await cinema.run(5)
    assert min(good) > 0.9 * LIMIT
    assert 150_000 < narrow < 440_000  # with what still stood in its queue
    cinema.seats[-1].link.network = GOOD
    waited = 0
    while cinema.qualities[-1] == "reduced":
        await cinema.run(5)
        waited += 5
        assert waited < 60
    assert min(await cinema.run(5)) > 0.9 * LIMIT


async def test_neither_does_one_that_loses_packets_by_the_key_frames_it_needs() -> None:
    cinema = Cinema(GOOD, LOSSY)
    await cinema.run(25)  # until the good one has all bits there are
    assert cinema.qualities == ["full", "reduced"]
    good, lossy = cinema.seats
    keys, lossy_keys = good.keys, lossy.keys
    rate, lossy_rate = await cinema.run(8)
    assert rate > 0.9 * LIMIT
    assert lossy_rate < 0.6 * LIMIT
    assert lossy.keys - lossy_keys >= 3
    assert good.keys == keys


async def test_a_narrow_network_has_its_pictures_within_seconds_and_the_good_one_all_its_bits() -> (
    None
):
    alone, cinema = Cinema(GOOD), Cinema(GOOD, NARROW)
    expected = [(await alone.run(2))[0] for _ in range(15)]
    got = [(await cinema.run(2))[0] for _ in range(3)]
    assert cinema.qualities == ["full", "reduced"]
    assert min(await cinema.shows(8)) > 0.9 * FPS  # from six seconds on, and nothing is sent again
    got += [(await cinema.run(2))[0] for _ in range(8)]
    assert sum(got) > 0.9 * sum(expected[:3] + expected[7:])
    assert (await cinema.shows(30))[1] > 0.6 * FPS  # with the steps up that are too much
    assert (await cinema.run(2))[0] > 0.9 * LIMIT


async def test_neither_does_one_that_takes_most_of_it() -> None:
    cinema = Cinema(GOOD, HALF)
    await cinema.run(18)
    assert (await cinema.run(4))[0] > 0.8 * LIMIT  # soon, though the other one waits to be moved
    assert cinema.qualities == ["full", "reduced"]
    good, half = await cinema.run(10)
    assert good > 0.9 * LIMIT
    assert 0.4 * LIMIT < half < 0.81 * LIMIT
    assert (await cinema.shows(20))[1] > 0.6 * FPS
