"""A real WebRTC client: another aiortc peer that signals, sends, and keeps what comes back."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import numpy as np
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from numpy.typing import NDArray

from tests.support.sessions import until

Signal = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]


class RefusedError(Exception):
    """The server refused; ``meta`` says why."""

    def __init__(self, meta: dict[str, Any]) -> None:
        super().__init__(meta)
        self.meta = meta


class LoopbackClient:
    """One client of one stream.

    Args:
        signal: carries a request to the server and brings its answer.
        send: tracks to send; the server may answer each with one of its own.
        receive: further kinds to receive only.
        webrtc_id: its id, a fresh one by default.
        channel: whether it opens the control channel.

    Attributes:
        pc: the peer connection.
        messages: the control messages that came, decoded.
        pictures: the pictures that came, with the loop's time of arrival, as RGB arrays.
        audio: the sound that came, the first channel, int16 at 48 kHz, in pieces.
        last_loud: the loop's time at which sound came that was more than a whisper.
        closed: whether the server ended the connection.
    """

    def __init__(
        self,
        signal: Signal,
        *,
        send: Sequence[MediaStreamTrack] = (),
        receive: Sequence[str] = (),
        webrtc_id: str | None = None,
        channel: bool = True,
    ) -> None:
        self._signal = signal
        self.webrtc_id = webrtc_id or str(uuid.uuid4())
        self.pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.messages: list[dict[str, Any]] = []
        self.pictures: list[tuple[float, NDArray[np.uint8]]] = []
        self.audio: list[NDArray[np.int16]] = []
        self.last_loud = 0.0
        self.tracks: list[MediaStreamTrack] = []
        self._readers: list[asyncio.Task[None]] = []
        self._sending = list(send)
        for track in send:
            self.pc.addTransceiver(track, "sendrecv")
        for kind in receive:
            self.pc.addTransceiver(kind, "recvonly")
        self.channel = self.pc.createDataChannel("control") if channel else None
        if self.channel is not None:
            self.channel.on("message", self._on_message)
        self.pc.on("track", self._on_track)

    @property
    def closed(self) -> bool:
        """Whether the connection is over."""
        return self.pc.connectionState in ("closed", "failed")

    # -- negotiating ---------------------------------------------------------------------------

    async def connect(self, *, trickle: bool = False, **extra: Any) -> None:
        """Offer, take the answer and wait until media can flow.

        Raises:
            RefusedError: the server refused.
        """
        sdp = await self.make_offer()
        if not trickle:
            await self.take_answer(await self.offer(sdp, **extra))
        else:
            await self.take_answer(await self.offer(without_candidates(sdp), **extra))
            for candidate in [*candidates_of(sdp), None]:
                await self.candidate(candidate)
        await self.connected()

    async def make_offer(self) -> str:
        """Return the SDP of this client's offer, with its candidates."""
        await self.pc.setLocalDescription(await self.pc.createOffer())
        return str(self.pc.localDescription.sdp)

    async def offer(self, sdp: str, **extra: Any) -> str:
        """Send an offer; return the answer's SDP."""
        body = {"type": "offer", "sdp": sdp, "webrtc_id": self.webrtc_id, **extra}
        answer = await self._request(body)
        assert answer["type"] == "answer"
        return str(answer["sdp"])

    async def take_answer(self, sdp: str) -> None:
        """Use the server's answer."""
        await self.pc.setRemoteDescription(RTCSessionDescription(sdp=sdp, type="answer"))

    async def candidate(self, candidate: Any) -> dict[str, Any]:
        """Send one candidate, or None for their end."""
        return await self._request(
            {"type": "ice-candidate", "candidate": candidate, "webrtc_id": self.webrtc_id}
        )

    async def connected(self) -> None:
        """Wait until media can flow, and the control channel is open if there is one."""
        await until(lambda: self.pc.connectionState == "connected")
        channel = self.channel
        if channel is not None:
            await until(lambda: channel.readyState == "open")

    async def _request(self, body: dict[str, Any]) -> dict[str, Any]:
        answer = await self._signal(body)
        if answer.get("status") == "failed":
            raise RefusedError(answer["meta"])
        return answer

    # -- what came -----------------------------------------------------------------------------

    async def message(self, type_: str, seconds: float = 30.0) -> dict[str, Any]:
        """Wait for the first message of a type."""

        def found() -> list[dict[str, Any]]:
            return [message for message in self.messages if message["type"] == type_]

        await until(found, seconds)
        return found()[0]

    def sound(self, seconds: float | None = None) -> NDArray[np.int16]:
        """Return the last ``seconds`` of sound, or all."""
        samples = np.concatenate([np.zeros(0, np.int16), *self.audio])
        return samples if seconds is None else samples[-round(seconds * 48_000) :]

    @property
    def heard(self) -> float:
        """How many seconds of sound came."""
        return sum(piece.size for piece in self.audio) / 48_000

    def _on_message(self, text: str) -> None:
        self.messages.append(json.loads(text))

    def _on_track(self, track: MediaStreamTrack) -> None:
        self.tracks.append(track)
        self._readers.append(asyncio.ensure_future(self._read(track)))

    async def _read(self, track: MediaStreamTrack) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                frame: Any = await track.recv()
            except MediaStreamError:
                return
            if track.kind == "video":
                self.pictures.append((loop.time(), frame.to_ndarray(format="rgb24")))
            else:
                width = len(frame.layout.channels)
                self.audio.append(frame.to_ndarray().reshape(-1, width)[:, 0])
                if np.abs(self.audio[-1].astype(int)).max() > 500:
                    self.last_loud = loop.time()

    # -- ending --------------------------------------------------------------------------------

    def say(self, text: str) -> None:
        """Send a control message."""
        assert self.channel is not None
        self.channel.send(text)

    def unplug(self) -> None:
        """Vanish without a word: from now on nothing is sent and nothing arrives."""
        for transport in self._ice_transports():
            for protocol in transport._connection._protocols:
                protocol.datagram_received = lambda *_: None
                protocol.transport.sendto = lambda *_: None

    def _ice_transports(self) -> set[Any]:
        dtls = [transceiver.receiver.transport for transceiver in self.pc.getTransceivers()]
        if self.pc.sctp is not None:
            dtls.append(self.pc.sctp.transport)
        return {transport.transport for transport in dtls if transport is not None}

    async def close(self) -> None:
        """Hang up and let everything go."""
        for track in self._sending:
            track.stop()
        await self.pc.close()
        for reader in self._readers:
            reader.cancel()
        if self._readers:
            await asyncio.wait(self._readers)


def without_candidates(sdp: str) -> str:
    """Return ``sdp`` as a trickling client sends it."""
    lines = sdp.splitlines()
    kept = [line for line in lines if not line.startswith(("a=candidate", "a=end-of-candidates"))]
    return "\r\n".join(kept) + "\r\n"


def candidates_of(sdp: str) -> list[dict[str, Any]]:
    """Return the candidates of ``sdp`` as a browser trickles them."""
    found: list[dict[str, Any]] = []
    index = -1
    for line in sdp.splitlines():
        if line.startswith("m="):
            index += 1
        elif line.startswith("a=candidate"):
            found.append({"candidate": line[2:], "sdpMid": str(index), "sdpMLineIndex": index})
    return found
