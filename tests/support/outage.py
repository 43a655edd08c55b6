"""A network that is gone for a while, at the sockets of one client."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Any, Literal

import numpy as np
from aiortc.codecs.vpx import Vp8Encoder
from av import VideoFrame

from tests.support.client import LoopbackClient
from tests.support.recognisable_tracks import NumberedTrack
from tests.support.sessions import until

Direction = Literal["to the server", "from the server", "both"]


class Outage:
    """``with Outage(client, "both")``: nothing gets through, in the direction that is named.

    STUN passes all the same, so that the time of the outage may be longer than ICE would bear.
    """

    def __init__(self, client: LoopbackClient, direction: str) -> None:
        self._outgoing = direction in ("to the server", "both")
        self._incoming = direction in ("from the server", "both")
        self._protocols: list[Any] = [
            protocol
            for transport in client._ice_transports()
            for protocol in transport._connection._protocols
        ]
        self.dropped = 0

    def __enter__(self) -> Outage:
        for protocol in self._protocols:
            if self._incoming:
                protocol.datagram_received = self._filter(protocol.datagram_received)
            if self._outgoing:
                protocol.transport.sendto = self._filter(protocol.transport.sendto)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for protocol in self._protocols:
            if self._incoming:
                del protocol.datagram_received
            if self._outgoing:
                del protocol.transport.sendto

    def _filter(self, pass_on: Any) -> Any:
        def filtered(data: bytes, address: Any) -> None:
            if data[:1] < b"\x04":  # STUN (RFC 7983)
                pass_on(data, address)
            else:
                self.dropped += 1

        return filtered


async def seconds_until_video(client: LoopbackClient, seconds: float = 20.0) -> float:
    """Return how long it takes from now until the next picture comes."""
    loop = asyncio.get_running_loop()
    now, seen = loop.time(), len(client.pictures)
    await until(lambda: len(client.pictures) > seen, seconds)
    return client.pictures[seen][0] - now


class DetailedTrack(NumberedTrack):
    """Numbered pictures with noise, which take as many bits as they may."""

    async def recv(self) -> VideoFrame:
        """Return the next picture."""
        frame = await super().recv()
        noise = np.random.default_rng(self.sent).integers(-40, 41, (80, 320, 1))
        noisy = frame.to_ndarray(format="rgb24").astype(int) + noise
        result = VideoFrame.from_ndarray(noisy.clip(0, 255).astype(np.uint8), "rgb24")
        result.pts, result.time_base = frame.pts, frame.time_base
        return result


class SteadyEncoder(Vp8Encoder):
    """VP8 of 1 Mbit/s, a hundred packets a second, whatever the receiver estimates."""

    @property
    def target_bitrate(self) -> int:
        """Bits a second."""
        return 1_000_000

    @target_bitrate.setter
    def target_bitrate(self, bitrate: int) -> None:
        """Nothing changes it."""


def steady(client: LoopbackClient) -> None:
    """Make ``client`` send a hundred packets of video a second; call it before it connects."""
    sender: Any = client.pc.getTransceivers()[0].sender
    sender._RTCRtpSender__encoder = SteadyEncoder()
