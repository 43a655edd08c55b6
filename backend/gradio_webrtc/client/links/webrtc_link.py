"""A call by WebRTC, on aiortc."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from aiortc import (
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCRtpSender,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError

from gradio_webrtc.client.errors import ServerFailedError
from gradio_webrtc.client.links import GOODBYE, PING, PING_SECONDS
from gradio_webrtc.client.links.candidates import candidates_of
from gradio_webrtc.client.received import Ending, Received, ReceivedAudio, ReceivedFrame
from gradio_webrtc.client.signaling import Mode, Signaling
from gradio_webrtc.concurrency.waiting import cancel_and_wait
from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.json_values import Json, JsonObject
from gradio_webrtc.media.audio.pcm import to_int16
from gradio_webrtc.media.decoding.decoded_audio import to_sound
from gradio_webrtc.media.emitted_media import MediaKind
from gradio_webrtc.transports.aiortc_internals.connection import peer_connection, transports_of
from gradio_webrtc.transports.aiortc_internals.consent import keep_consent
from gradio_webrtc.transports.ice.ice_servers import to_aiortc

DIRECTIONS: Mapping[Mode, str] = {
    "send-receive": "sendrecv",
    "send": "sendonly",
    "receive": "recvonly",
}


class WebRtcLink:
    """Implements ``Link``.

    Args:
        signaling: asks the server.
        received: takes what comes.
        tracks: what is sent of each kind that the offer has; ``None``: nothing.
        mode: in which direction media flow.
        configuration: ICE servers, as a browser takes them.
        codecs: those that are offered, such as ``"video/VP8"``; ``None`` for all.

    Attributes:
        pc: aiortc's connection.
        asked_at, answered_at, connected_at: when the offer was sent, when its answer came and when
            media could flow, on the event loop's clock; ``None`` before that.
    """

    def __init__(
        self,
        signaling: Signaling,
        received: Received,
        tracks: Mapping[MediaKind, MediaStreamTrack | None],
        *,
        mode: Mode = "send-receive",
        configuration: JsonObject | None = None,
        codecs: Sequence[str] | None = None,
    ) -> None:
        self._signaling = signaling
        self._received = received
        self._tracks = tracks
        self._mode = mode
        self._loop = asyncio.get_running_loop()
        self.asked_at: float | None = None
        self.answered_at: float | None = None
        self.connected_at: float | None = None
        self.pc = peer_connection(_rtc(configuration))
        self._trickles = bool(configuration and configuration.get("iceServers"))
        self._ready: asyncio.Future[None] = self._loop.create_future()
        self._tasks: list[asyncio.Task[None]] = []
        self._closing = False
        self._unsent: list[str] = []
        self.pc.on("track", self._on_track)
        self.pc.on("connectionstatechange", self._on_state)
        for kind, track in tracks.items():
            sending = None if mode == "receive" else track
            transceiver = self.pc.addTransceiver(sending or kind, DIRECTIONS[mode])
            if codecs is not None and (chosen := _codecs(kind, codecs)):
                transceiver.setCodecPreferences(chosen)
        self._channel = self.pc.createDataChannel("control")
        self._channel.on("message", self._take)
        self._channel.on("open", self._on_open)
        self._channel.on("close", self._lost)

    async def open(self, webrtc_id: str) -> None:
        """Offer and take the answer.

        Where ICE servers are to be asked, the offer does not wait for them: candidates follow.
        """
        offer = await self.pc.createOffer()
        start = await self._signaling.start()
        extra: dict[str, Json] = {} if start is None else {"start": start}
        gathering = asyncio.ensure_future(self.pc.setLocalDescription(offer))
        try:
            if not self._trickles:
                await gathering
            sdp = offer.sdp if self._trickles else self.pc.localDescription.sdp
            self.asked_at = self._loop.time()
            answer = await self._signaling.ask(
                {"type": "offer", "sdp": sdp, "webrtc_id": webrtc_id, **extra}
            )
            self.answered_at = self._loop.time()
            await gathering
        finally:
            if not gathering.done():
                await cancel_and_wait(gathering)
        text = answer.get("sdp")
        if not isinstance(text, str) or answer.get("type") != "answer":
            raise ServerFailedError(f"The server did not answer the offer: {str(answer)[:200]}.")
        for dtls in transports_of(self.pc):
            keep_consent(dtls.transport)
        await self.pc.setRemoteDescription(RTCSessionDescription(sdp=text, type="answer"))
        if self._trickles:
            for candidate in [*candidates_of(self.pc.localDescription.sdp), None]:
                await self._signaling.ask(
                    {"type": "ice-candidate", "candidate": candidate, "webrtc_id": webrtc_id}
                )

    async def connected(self) -> None:
        """Wait for ICE and DTLS, or the end."""
        first: set[asyncio.Future[Any]] = {self._ready, self._received.over}
        await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)

    def send_text(self, text: str) -> None:
        """Send over the data channel, when it is open."""
        if self._channel.readyState == "open":
            self._channel.send(text)
        elif self._channel.readyState == "connecting":
            self._unsent.append(text)

    async def aclose(self) -> None:
        """Say goodbye, and close."""
        self._closing = True
        if self._channel.readyState == "open" and not self._received.over.done():
            self._channel.send(GOODBYE)
            await asyncio.sleep(0)
        for track in self._tracks.values():
            if track is not None:
                track.stop()
        await self.pc.close()
        for task in self._tasks:
            await cancel_and_wait(task)

    # -- what comes ----------------------------------------------------------------------------

    def _take(self, message: str | bytes) -> None:
        if isinstance(message, str):
            self._received.take_text(message)

    def _on_open(self) -> None:
        for text in self._unsent:
            self._channel.send(text)
        self._unsent.clear()
        self._tasks.append(self._loop.create_task(self._ping()))

    async def _ping(self) -> None:
        while self._channel.readyState == "open":
            self._channel.send(PING)
            await asyncio.sleep(PING_SECONDS)

    def _on_state(self) -> None:
        if self.pc.connectionState == "connected" and not self._ready.done():
            self.connected_at = self._loop.time()
            self._ready.set_result(None)
        elif self.pc.connectionState in ("failed", "closed"):
            self._lost()

    def _lost(self) -> None:
        reason = "client_closed" if self._closing else "peer_lost"
        self._received.end(Ending(reason))

    def _on_track(self, track: MediaStreamTrack) -> None:
        read = self._read_audio if track.kind == "audio" else self._read_video
        self._tasks.append(self._loop.create_task(read(track)))

    async def _read_audio(self, track: MediaStreamTrack) -> None:
        with contextlib.suppress(MediaStreamError):
            while True:
                frame: Any = await track.recv()
                at = self._loop.time()
                sound = to_sound(frame)
                self._received.audio.put(ReceivedAudio(sound.rate, to_int16(sound.samples), at))

    async def _read_video(self, track: MediaStreamTrack) -> None:
        with contextlib.suppress(MediaStreamError):
            while True:
                frame: Any = await track.recv()
                self._received.video.put(ReceivedFrame(frame, self._loop.time()))


def _rtc(configuration: JsonObject | None) -> RTCConfiguration:
    return dataclasses.replace(to_aiortc(configuration), bundlePolicy=RTCBundlePolicy.BALANCED)


def _codecs(kind: MediaKind, wanted: Sequence[str]) -> list[Any]:
    """Return what aiortc has of ``wanted``, in that order.

    Raises:
        ConfigurationError: it has none of those of this kind.
    """
    names = [name.lower() for name in wanted if name.lower().startswith(f"{kind}/")]
    have = RTCRtpSender.getCapabilities(kind).codecs
    chosen = [codec for name in names for codec in have if codec.mimeType.lower() == name]
    if names and not chosen:
        known = ", ".join(sorted({codec.mimeType for codec in have}))
        raise ConfigurationError(f"codecs={list(wanted)}: there are {known}.")
    return chosen
