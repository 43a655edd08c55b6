"""Viewers that count what comes and decode nothing: fifty leave the machine to the server."""

from __future__ import annotations

import time
import uuid
from typing import Any

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from bench.http_json import request_json
from bench.results import BenchError


class Viewer:
    """One connection that receives video and counts its frames by their last packets.

    Packets are decrypted and no more: the bit that says which is a frame's last is looked at.
    Nothing is reported but what keeps the connection alive, so the server sends at the bitrate at
    which it begins.

    Attributes:
        frames: how many frames came to their end.
        octets: how many bytes came, of packets with headers.
        first_after: seconds from "connected" to the first frame.
    """

    def __init__(self, port: int, handler: str) -> None:
        self.frames = 0
        self.octets = 0
        self.first_after: float | None = None
        self._port, self._handler = port, handler
        self._pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._connected: float | None = None
        self._pc.on("connectionstatechange", self._on_state)

    async def open(self) -> None:
        """Connect.

        Raises:
            BenchError: the server refused.
        """
        transceiver = self._pc.addTransceiver("video", "recvonly")
        dtls: Any = transceiver.receiver.transport
        dtls._handle_rtp_data = self._count
        await self._pc.setLocalDescription(await self._pc.createOffer())
        offer = {
            "type": "offer",
            "sdp": self._pc.localDescription.sdp,
            "webrtc_id": str(uuid.uuid4()),
        }
        path = f"/{self._handler}/webrtc/offer"
        answer = await request_json(self._port, "POST", path, offer)
        if answer.get("type") != "answer":
            raise BenchError(f"the server refused: {answer}")
        description = RTCSessionDescription(sdp=str(answer["sdp"]), type="answer")
        await self._pc.setRemoteDescription(description)

    def check_connected(self) -> None:
        """Raise ``BenchError`` when the connection is gone, or nothing has come."""
        if self._pc.connectionState != "connected" or self.first_after is None:
            raise BenchError(f"{self._pc.connectionState}, {self.frames} frames")

    async def aclose(self) -> None:
        """Hang up."""
        await self._pc.close()

    def _on_state(self) -> None:
        if self._pc.connectionState == "connected":
            self._connected = time.perf_counter()

    async def _count(self, data: bytes, arrival_time_ms: int) -> None:
        self.octets += len(data)
        if data[1] & 0x80:
            self.frames += 1
            if self.first_after is None:
                now = time.perf_counter()
                self.first_after = now - (self._connected or now)
