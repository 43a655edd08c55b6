"""Two viewers of one generator over real connections, one of them behind a narrow network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from aiortc.jitterbuffer import JitterBuffer
from numpy.typing import NDArray

from gradio_webrtc import Stream, VideoStreamHandler
from tests.support.client import LoopbackClient
from tests.support.network_model import Network
from tests.support.serving import Served
from tests.support.sessions import until
from tests.support.udp_proxy import BadNetwork

LIMIT = 1_000_000
RATE = 400_000
FPS = 15
STEP = 2 * FPS
"""Pictures of the source over which bits and pictures are counted: two seconds."""
SETTLING = 4
"""Steps, eight seconds, until the narrow network gets what it can carry."""
SECONDS = 60.0
"""How long what has to happen may take on a busy machine."""
WAITING = 64
"""Packets for which a receiver waits for one that is lost: two seconds of little video. Those of
aiortc wait for 512; browsers ask for a key frame sooner."""


class Film:
    """Pictures that take all bits there are.

    Attributes:
        shown: how many were yielded.
    """

    def __init__(self) -> None:
        self.shown = 0

    def __call__(self) -> Iterator[NDArray[np.uint8]]:
        """Yield for ever."""
        dice = np.random.default_rng(1)
        while True:
            self.shown += 1
            yield dice.integers(0, 256, (120, 160, 3), np.uint8)


class Seat:
    """A viewer and what has come to it since the last step."""

    def __init__(self, client: LoopbackClient) -> None:
        self._client = client
        self._octets = self._pictures = 0

    async def step(self) -> tuple[int, int]:
        """Return the bits and the pictures."""
        [octets] = [
            each.bytesReceived
            for each in (await self._client.pc.getStats()).values()
            if each.type == "transport"
        ]
        pictures = len(self._client.pictures)
        came = 8 * (octets - self._octets), pictures - self._pictures
        self._octets, self._pictures = octets, pictures
        return came


async def watch(server: Served, network: BadNetwork) -> LoopbackClient:
    client = server.clients.add(network.between(server.signal), receive=["video"])
    receiver: Any = client.pc.getTransceivers()[0].receiver
    receiver._RTCRtpReceiver__jitter_buffer = JitterBuffer(WAITING, is_video=True)
    await client.connect()
    return client


@pytest.mark.serial
async def test_a_slow_viewer_has_its_pictures_soon_and_takes_no_bits_from_the_other() -> None:
    film = Film()
    networks = [BadNetwork(Network(delay=0.02)), BadNetwork(Network(delay=0.02, rate=RATE), seed=2)]
    stream = Stream(
        VideoStreamHandler(film, fps=FPS),
        mode="receive",
        modality="video",
        shared=True,
        max_bitrate=LIMIT,
        video_codec="VP8",
    )

    async def steps(count: int, *seats: Seat) -> list[list[tuple[int, int]]]:
        found: list[list[tuple[int, int]]] = [[] for _ in seats]
        for _ in range(count):
            until_shown = film.shown + STEP
            await until(lambda until_shown=until_shown: film.shown >= until_shown, SECONDS)
            for each, seat in zip(found, seats, strict=True):
                each.append(await seat.step())
        return found

    async with Served(stream) as server:
        good = Seat(await watch(server, networks[0]))
        await until(lambda: server.stream.host.sources.live(), SECONDS)
        [source] = server.stream.host.sources.live()
        video = source.transport.video
        await until(lambda: video.aims_at("VP8") == LIMIT, SECONDS)
        await good.step()
        alone = np.median([bits for bits, _ in (await steps(3, good))[0]])
        assert alone > LIMIT  # in two seconds

        slow = Seat(await watch(server, networks[1]))
        beside, narrow = await steps(SETTLING + 8, good, slow)
        assert source.audience.viewers()[-1].quality == "reduced"
        assert networks[1].down.lost > 0
        assert min(bits for bits, _ in beside) > alone / 2
        pictures = sum(count for _, count in narrow[SETTLING:])
        assert pictures > STEP * len(narrow[SETTLING:]) / 2
    for network in networks:
        network.close()
