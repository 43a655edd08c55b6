"""A sender in the place of aiortc's own, which bears whatever is reported to it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any, NamedTuple, cast

from aiortc import MediaStreamTrack, RTCDtlsTransport, RTCRtpSender, RTCRtpTransceiver
from aiortc.codecs import get_encoder
from aiortc.codecs.base import Encoder
from aiortc.mediastreams import MediaStreamError
from aiortc.rtcrtpparameters import RTCRtpCodecParameters
from aiortc.rtcrtpsender import random_sequence_number
from aiortc.rtp import (
    RTCP_RTPFB_NACK,
    RTP_HISTORY_SIZE,
    AnyRtcpPacket,
    RtcpRrPacket,
    RtcpRtpfbPacket,
    RtcpSrPacket,
)
from aiortc.utils import random32, uint16_add, uint32_add
from av.frame import Frame

from gradio_webrtc.transports.aiortc_internals.packet_sending import PACKETS_AT_ONCE, send_packets
from gradio_webrtc.transports.aiortc_internals.rtp_header import RtpHeader, SentPacket

logger = logging.getLogger(__name__)

NTP_EPOCH = 2_208_988_800
"""Seconds from 1900, where NTP begins, to 1970."""


def negotiated_codecs(transceiver: RTCRtpTransceiver) -> list[RTCRtpCodecParameters]:
    """Return what both sides have, the preferred one first; empty before the answer."""
    return transceiver._codecs


def set_encoder(sender: RTCRtpSender, encoder: Encoder | None) -> None:
    """Give ``sender`` an encoder; one is made with the first frame, unless it has one."""
    sender._RTCRtpSender__encoder = encoder  # type: ignore[attr-defined]


def own_sender(transceiver: RTCRtpTransceiver) -> OwnSender:
    """Return the sender of a ``transceiver`` in which it was replaced."""
    return cast(OwnSender, transceiver.sender)


class Pacing(NamedTuple):
    """When new packets may go; copies of packets and reports do not wait.

    The track is asked for the next frame when all packets of one have gone, so whoever shows frames
    is slowed down to that.

    Attributes:
        wait: how many seconds the next packet has to wait; ``None`` while nothing has to, and all
            packets of a frame may go.
        sent: is told how many bytes each packet has, copies and reports included.
    """

    wait: Callable[[], float | None]
    sent: Callable[[int], None]


class LossReport(NamedTuple):
    """What a receiver reports of the packets of a stream (RFC 3550, section 6.4.1).

    Attributes:
        fraction: of the packets that was lost since the report before, 0 to 1.
        lost: packets since the beginning.
        highest: number of the newest packet that came, cycles included, of 32 bits.
    """

    fraction: float
    lost: int
    highest: int


class Feedback(NamedTuple):
    """What is done about what the other side reports.

    Attributes:
        on_lost: which of the packets that are asked for (first), given those that are there
            (second), to send again, and whether a key frame is needed.
        on_key_frame: called when the next frame has to be a key frame.
        on_report: is told of each report of losses.
        complain: is told of what went wrong.
    """

    on_lost: Callable[[list[int], list[int]], tuple[list[int], bool]]
    on_key_frame: Callable[[], None]
    on_report: Callable[[LossReport], None]
    complain: Callable[[str], None]


class OwnSender(RTCRtpSender):
    """A sender whose packets are made here, each in one step.

    aiortc's spends as much on making a packet as on encrypting it, sends again whatever is asked
    for, and cannot be stopped when its last report cannot be sent.

    Attributes:
        payload_type: of the next packets; an encoder may change it with each frame.
        pacing: when they go; ``None`` for at once.
        feedback: what is done about reports; ``None`` for no more than aiortc does.
    """

    @classmethod
    def replace(cls, transceiver: RTCRtpTransceiver) -> OwnSender:
        """Put a new one in the place of a fresh ``transceiver``'s sender."""
        old = transceiver.sender
        sender = cls(old.track or transceiver.kind, old.transport)
        sender._stream_id = old._stream_id
        transceiver.receiver._set_rtcp_ssrc(sender._ssrc)
        transceiver._RTCRtpTransceiver__sender = sender  # type: ignore[attr-defined]
        return sender

    def __init__(self, track_or_kind: MediaStreamTrack | str, transport: RTCDtlsTransport) -> None:
        super().__init__(track_or_kind, transport)
        self.payload_type = 0
        self.pacing: Pacing | None = None
        self.feedback: Feedback | None = None
        self._next_number = random_sequence_number()
        self._aiortc: Any = self  # whose names are private to its class

    # -- media ---------------------------------------------------------------------------------

    async def _run_rtp(self, codec: RTCRtpCodecParameters) -> None:
        self._aiortc._RTCRtpSender__rtp_started.set()
        try:
            await self._send_track(codec)
        except (ConnectionError, MediaStreamError):
            logger.debug("no more %s is sent: it ended", self.kind)
        except Exception as error:
            logger.error("no more %s is sent: %s", self.kind, error, exc_info=error)
        finally:
            if self.track is not None:
                self.track.stop()
            set_encoder(self, None)
            self._aiortc._RTCRtpSender__rtp_exited.set()

    async def _send_track(self, codec: RTCRtpCodecParameters) -> None:
        assert codec.payloadType is not None
        self.payload_type, header, origin = codec.payloadType, self._header(self._ssrc), random32()
        if self.track is None:
            await asyncio.get_running_loop().create_future()  # until this is stopped
        while True:
            data = await self.track.recv()
            taken = time.time()
            if not self._enabled:
                continue
            payloads, timestamp = await self._encoded(codec, data)
            if payloads:  # a resampler keeps what it gets first, and then there is no time either
                await self._send_frame(header, payloads, uint32_add(origin, timestamp), taken)

    def _header(self, ssrc: int) -> RtpHeader:
        aiortc = self._aiortc
        extensions = aiortc._RTCRtpSender__rtp_header_extensions_map
        return RtpHeader(ssrc, aiortc._RTCRtpSender__mid, extensions)

    async def _encoded(self, codec: RTCRtpCodecParameters, data: Any) -> tuple[list[bytes], int]:
        """Return the payloads of what the track gave, and its time."""
        encoder: Encoder | None = self._aiortc._RTCRtpSender__encoder
        if encoder is None:
            encoder = get_encoder(codec)
            set_encoder(self, encoder)
        if not isinstance(data, Frame):
            return encoder.pack(data)
        forced: bool = self._aiortc._RTCRtpSender__force_keyframe
        self._aiortc._RTCRtpSender__force_keyframe = False
        run = asyncio.get_running_loop().run_in_executor
        return await run(None, encoder.encode, data, forced)

    async def _send_frame(
        self, header: RtpHeader, payloads: list[bytes], timestamp: int, taken: float
    ) -> None:
        """Send a frame that the track gave at ``taken``, in seconds since 1970."""
        packets = self._packets(payloads, timestamp)
        at = 0
        while at < len(packets):
            seconds = None if self.pacing is None else self.pacing.wait()
            if seconds:
                await asyncio.sleep(seconds)
            # Each header says when it was made, so those of a large frame are not made at once.
            due = packets[at : at + (PACKETS_AT_ONCE if seconds is None else 1)]
            await self._send_new(header, due, taken)
            at += len(due)

    def _packets(self, payloads: list[bytes], timestamp: int) -> list[SentPacket]:
        """Return the packets of a frame."""
        first, last, kind = self._next_number, len(payloads) - 1, self.payload_type
        self._next_number = uint16_add(first, len(payloads))
        return [
            SentPacket(uint16_add(first, at), timestamp, at == last, kind, payload)
            for at, payload in enumerate(payloads)
        ]

    async def _send_new(self, header: RtpHeader, packets: list[SentPacket], taken: float) -> None:
        """Send packets, of which copies may be asked for, and count them."""
        history = self._history
        for packet in packets:
            history[packet.sequence_number % RTP_HISTORY_SIZE] = packet
        await self._send([header.packet(packet) for packet in packets])
        self._count(packets, taken)

    @property
    def _history(self) -> dict[int, SentPacket]:
        history: dict[int, SentPacket] = self._aiortc._RTCRtpSender__rtp_history
        return history

    def _count(self, packets: list[SentPacket], taken: float) -> None:
        """Note what sender reports say (RFC 3550, section 6.4.1).

        By the time of day of a timestamp receivers synchronise sound and pictures: it is when the
        track gave the frame, not when it was encoded and its turn came.
        """
        aiortc = self._aiortc
        aiortc._RTCRtpSender__rtp_timestamp = packets[0].timestamp
        aiortc._RTCRtpSender__ntp_timestamp = int((taken + NTP_EPOCH) * (1 << 32))
        aiortc._RTCRtpSender__octet_count += sum(len(packet.payload) for packet in packets)
        aiortc._RTCRtpSender__packet_count += len(packets)

    async def _send(self, packets: list[bytes]) -> None:
        if self.pacing is not None:
            self.pacing.sent(sum(map(len, packets)))
        await send_packets(self.transport, packets)

    # -- reports -------------------------------------------------------------------------------

    async def _handle_rtcp_packet(self, packet: AnyRtcpPacket) -> None:
        if isinstance(packet, RtcpRtpfbPacket) and packet.fmt == RTCP_RTPFB_NACK:
            await self._send_again(packet.lost)
            return
        if self.feedback is not None:
            for report in _losses(packet, self._ssrc):
                self.feedback.on_report(report)
        await super()._handle_rtcp_packet(packet)

    async def _send_again(self, lost: list[int]) -> None:
        again, needs_key_frame = lost, False
        if self.feedback is not None:
            kept = [packet.sequence_number for packet in self._history.values()]
            again, needs_key_frame = self.feedback.on_lost(lost, kept)
        for number in again:
            await self._retransmit(number)
        if needs_key_frame:
            self._send_keyframe()

    async def _retransmit(self, sequence_number: int) -> None:
        packet = self._history.get(sequence_number % RTP_HISTORY_SIZE)
        if packet is None or packet.sequence_number != sequence_number:
            return
        payload_type: int | None = self._aiortc._RTCRtpSender__rtx_payload_type
        if payload_type is None:
            await self._send([self._header(self._ssrc).packet(packet)])
            return
        number: int = self._aiortc._RTCRtpSender__rtx_sequence_number
        self._aiortc._RTCRtpSender__rtx_sequence_number = uint16_add(number, 1)
        # RFC 4588, section 4
        payload = sequence_number.to_bytes(2, "big") + packet.payload
        copy = SentPacket(number, packet.timestamp, packet.marker, payload_type, payload)
        await self._send([self._header(self._rtx_ssrc).packet(copy)])

    def _send_keyframe(self) -> None:
        super()._send_keyframe()
        if self.feedback is not None:
            self.feedback.on_key_frame()

    async def _send_rtcp(self, packets: list[AnyRtcpPacket]) -> None:
        try:
            await self._send([b"".join(map(bytes, packets))])
        except ConnectionError:
            logger.debug("a report was not sent: not connected")
        except Exception as error:
            # the reports go on, and so does the end of the connection, which waits for the last.
            logger.debug("a report cannot be sent", exc_info=error)
            if self.feedback is not None:
                self.feedback.complain(f"a report cannot be sent: {type(error).__name__}: {error}")

    async def _run_rtcp(self) -> None:
        try:
            await super()._run_rtcp()
        finally:
            self._aiortc._RTCRtpSender__rtcp_exited.set()


def _losses(packet: AnyRtcpPacket, ssrc: int) -> list[LossReport]:
    """Return what the reports in ``packet`` say of the packets of ``ssrc``."""
    if not isinstance(packet, (RtcpRrPacket, RtcpSrPacket)):
        return []
    return [
        LossReport(each.fraction_lost / 256, each.packets_lost, each.highest_sequence)
        for each in packet.reports
        if each.ssrc == ssrc
    ]
