"""The measuring client: plain aiortc, the same for every server."""

from __future__ import annotations

import asyncio
import contextlib
import time
import uuid
from collections.abc import Callable
from typing import Any

from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpSender,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError

from bench.clips import ClipTrack
from bench.http_json import request_json
from bench.results import BenchError

PATIENCE = 6.0
"""Seconds to wait for a connection, and then for a first frame."""

CODECS = {"audio": "audio/opus", "video": "video/vp8"}

OnFrame = Callable[[Any, float], None]


class Client:
    """One connection to a server.

    Args:
        port: of the server, on this machine.
        handler: which of the server's handlers; the first part of the path.
        track: sends, from the moment of the connection.

    Attributes:
        track: what is sent, and when it was.
        on_frame: called with each received frame and when it came out of the track.
        connected_after: seconds from the offer's request to "connected".
        first_frame_after: seconds from the offer's request to the first received frame.
    """

    def __init__(self, port: int, handler: str, track: ClipTrack) -> None:
        self.track = track
        self.on_frame: OnFrame | None = None
        self.connected_after: float | None = None
        self.first_frame_after: float | None = None
        self._port = port
        self._path = f"/{handler}/webrtc/offer"
        # No STUN server: everything is on this machine, and asking one would be timed as well.
        self._pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._offered_at = 0.0
        self._connected = asyncio.Event()
        self._framed = asyncio.Event()
        self._reader: asyncio.Task[None] | None = None
        self._pc.on("connectionstatechange", self._on_state)
        self._pc.on("track", self._on_track)

    async def open(self) -> None:
        """Connect.

        Raises:
            BenchError: the server refused, or there is no connection within ``PATIENCE``.
        """
        await self._offer()
        try:
            await asyncio.wait_for(self._connected.wait(), PATIENCE)
        except asyncio.TimeoutError:
            raise BenchError(f"not connected within {PATIENCE:g} s") from None

    async def first_frame(self) -> None:
        """Wait for the first frame.

        Raises:
            BenchError: none came within ``PATIENCE``.
        """
        try:
            await asyncio.wait_for(self._framed.wait(), PATIENCE)
        except asyncio.TimeoutError:
            raise BenchError(f"no {self.track.kind} frame within {PATIENCE:g} s") from None

    def check_connected(self) -> None:
        """Raise ``BenchError`` when the connection is gone."""
        if self._pc.connectionState != "connected":
            raise BenchError(f"the connection became {self._pc.connectionState}")

    async def aclose(self) -> None:
        """Hang up."""
        await self._pc.close()
        if self._reader is not None:
            self._reader.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reader

    async def _offer(self) -> None:
        # fastrtc starts its handlers when a data channel opens; a page always makes one.
        self._pc.createDataChannel("control")
        transceiver = self._pc.addTransceiver(self.track, "sendrecv")
        capabilities = RTCRtpSender.getCapabilities(self.track.kind)
        wanted = CODECS[self.track.kind]
        transceiver.setCodecPreferences(
            [codec for codec in capabilities.codecs if codec.mimeType.lower() == wanted]
        )
        await self._pc.setLocalDescription(await self._pc.createOffer())
        body = {
            "sdp": self._pc.localDescription.sdp,
            "type": self._pc.localDescription.type,
            "webrtc_id": str(uuid.uuid4()),
        }
        self._offered_at = time.perf_counter()
        answer = await request_json(self._port, "POST", self._path, body)
        if "sdp" not in answer:
            raise BenchError(f"the offer was refused: {answer}")
        await self._pc.setRemoteDescription(RTCSessionDescription(answer["sdp"], answer["type"]))

    def _on_state(self) -> None:
        if self._pc.connectionState == "connected":
            self.connected_after = time.perf_counter() - self._offered_at
            self._connected.set()

    def _on_track(self, track: MediaStreamTrack) -> None:
        self._reader = asyncio.get_running_loop().create_task(self._read(track))

    async def _read(self, track: MediaStreamTrack) -> None:
        with contextlib.suppress(MediaStreamError):
            while True:
                frame = await track.recv()
                at = time.perf_counter()
                if self.first_frame_after is None:
                    self.first_frame_after = at - self._offered_at
                    self._framed.set()
                if self.on_frame is not None:
                    self.on_frame(frame, at)
