"""Audio and video of one shared source, in step at each of its viewers."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any

import numpy as np
import pytest
from aiortc import RTCRtpReceiver
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from aiortc.rtp import RtcpSrPacket
from numpy.typing import NDArray

from gradio_webrtc import Stream, TimedAudio, TimedPicture
from tests.support.client import LoopbackClient
from tests.support.recognisable_tracks import RATE, number_of, numbered, tone
from tests.support.serving import Served
from tests.support.sessions import until

LIMIT = 0.08
"""Seconds: less than a person notices in speech (ITU-R BT.1359 puts that at 45 to 125 ms)."""
SECONDS = 60.0
"""How long what has to happen may take on a busy machine."""
FPS = 30
BEEP = RATE // 10
"""Samples that are heard from each whole second of the source on."""
LOUD = 2_000
NTP_SECOND = 1 << 32
WRAP = 1 << 32
CLOCKS = {"audio": RATE, "video": 90_000}


def beeps(start: int, count: int) -> NDArray[np.int16]:
    """Return ``count`` samples from sample ``start`` of the source on."""
    sound = tone(1_000, 12_000, start, count)
    sound[:, (start + np.arange(count)) % RATE >= BEEP] = 0
    return sound


def timed() -> Iterator[Any]:
    """Yield sound as far ahead as it is let, and pictures with their times."""
    number = 0
    while True:
        second = number / FPS
        yield TimedAudio((RATE, beeps(round(second * RATE), RATE // 2)), second)
        for _ in range(FPS // 2):
            yield TimedPicture(numbered(number), number / FPS)
            number += 1


def pairs() -> Iterator[Any]:
    """Yield each picture with the sound that belongs to it."""
    number = 0
    while True:
        yield numbered(number), (RATE, beeps(number * RATE // FPS, RATE // FPS))
        number += 1


class Watcher(LoopbackClient):
    """Keeps when what came was sent, by the network's clock and by the sender's reports.

    Both as seconds less the seconds of RTP's timestamps; the latter is what a browser brings
    sound and pictures into step with (RFC 3550, section 6.4.1).
    """

    def __init__(self, server: Served) -> None:
        super().__init__(server.signal, receive=["audio", "video"])
        self.arrived: dict[str, list[float]] = {"audio": [], "video": []}
        self.reported: dict[str, list[float]] = {"audio": [], "video": []}
        self.shown: list[tuple[float, int]] = []
        self.begun: list[float] = []
        self._bases: dict[str, int] = {}

    def skews(self, clocks: dict[str, list[float]]) -> list[float]:
        """Return how much later than its picture each beep is, in seconds."""
        sound, sight = (statistics.median(clocks[kind]) for kind in ("audio", "video"))
        found = []
        for at in self.begun:
            near = [
                pts - number / FPS
                for pts, number in self.shown
                if abs(pts + sight - at - sound) < 0.5
            ]
            if near:
                late = at + sound - sight - statistics.median(near)
                found.append((late + 0.5) % 1.0 - 0.5)
        return found

    def _seconds(self, kind: str, timestamp: int) -> float:
        base = self._bases.setdefault(kind, timestamp)
        return ((timestamp - base + WRAP // 2) % WRAP - WRAP // 2) / CLOCKS[kind]

    def _on_track(self, track: MediaStreamTrack) -> None:
        [receiver] = [each for each in self.pc.getReceivers() if each.track is track]
        self._note_packets(receiver)
        super()._on_track(track)

    def _note_packets(self, receiver: RTCRtpReceiver) -> None:
        loop, kind = asyncio.get_running_loop(), receiver.track.kind
        take_rtp, take_rtcp = receiver._handle_rtp_packet, receiver._handle_rtcp_packet

        async def rtp(packet: Any, arrival_time_ms: int) -> None:
            self.arrived[kind].append(loop.time() - self._seconds(kind, packet.timestamp))
            await take_rtp(packet, arrival_time_ms)

        async def rtcp(packet: Any) -> None:
            # Reports from before the first packet say nothing yet.
            if isinstance(packet, RtcpSrPacket) and kind in self._bases:
                info = packet.sender_info
                sent = info.ntp_timestamp / NTP_SECOND
                self.reported[kind].append(sent - self._seconds(kind, info.rtp_timestamp))
            await take_rtcp(packet)

        receiver._handle_rtp_packet = rtp  # type: ignore[method-assign]
        receiver._handle_rtcp_packet = rtcp  # type: ignore[method-assign]

    async def _read(self, track: MediaStreamTrack) -> None:
        quiet = False
        while True:
            try:
                frame: Any = await track.recv()
            except MediaStreamError:
                return
            pts = frame.pts / CLOCKS[track.kind]  # from the first packet's timestamp on
            if track.kind == "video":
                self.shown.append((pts, number_of(frame.to_ndarray(format="rgb24"))))
                continue
            samples = frame.to_ndarray().reshape(-1, len(frame.layout.channels))[:, 0]
            loud = np.flatnonzero(np.abs(samples.astype(int)) > LOUD)
            if loud.size and quiet:
                self.begun.append(pts + float(loud[0]) / RATE)
            quiet = not loud.size


@pytest.mark.serial
@pytest.mark.parametrize("film", [timed, pairs])
async def test_a_beep_comes_with_its_picture_to_who_came_early_and_who_came_late(
    film: Callable[[], Iterator[Any]],
) -> None:
    stream = Stream(film, mode="receive", modality="audio-video", shared=True)
    async with Served(stream) as server, AsyncExitStack() as ending:
        watchers: list[Watcher] = []

        async def watch() -> Watcher:
            watchers.append(Watcher(server))
            ending.push_async_callback(watchers[-1].close)
            await watchers[-1].connect()
            return watchers[-1]

        early = await watch()
        await until(lambda: len(early.begun) >= 2, SECONDS)
        late = await watch()
        await until(lambda: len(late.begun) >= 4, SECONDS)
        await until(
            lambda: all(len(each) >= 3 for one in watchers for each in one.reported.values()),
            SECONDS,
        )
        assert late.shown[0][1] >= FPS  # it joined what ran
        for each in watchers:
            for clocks in (each.arrived, each.reported):
                assert abs(statistics.median(each.skews(clocks))) < LIMIT
