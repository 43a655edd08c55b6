"""Receiving RTP: which codec a packet is of, what was lost, and the reports on it (RFC 3550)."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from typing import Any, Protocol

from aiortc import RTCDtlsTransport
from aiortc.codecs import is_rtx
from aiortc.rate import RemoteBitrateEstimator
from aiortc.rtcrtpparameters import RTCRtpCodecParameters, RTCRtpReceiveParameters
from aiortc.rtcrtpreceiver import StreamStatistics
from aiortc.rtp import (
    RTCP_PSFB_APP,
    RTCP_PSFB_PLI,
    RTCP_RTPFB_NACK,
    AnyRtcpPacket,
    RtcpByePacket,
    RtcpPsfbPacket,
    RtcpReceiverInfo,
    RtcpRrPacket,
    RtcpRtpfbPacket,
    RtcpSrPacket,
    RtpPacket,
    pack_remb_fci,
    unwrap_rtx,
)

from gradio_webrtc.concurrency.background_tasks import BackgroundTasks
from gradio_webrtc.media.audio.red import unpack
from gradio_webrtc.transports.aiortc_internals.receiving import OwnReceiver

logger = logging.getLogger(__name__)

MAX_REPORTS = 31
"""Sources in one report: its count has five bits (RFC 3550, section 6.4.2)."""
_MAX_UINT32 = 0xFFFFFFFF
_ESTIMATE_WINDOW_MS = 1000


class PacketSink(Protocol):
    """What takes the packets of one receiver, on the event loop."""

    def add(self, packet: RtpPacket, codec: RTCRtpCodecParameters) -> None:
        """Take a packet in the order of arrival, retransmissions among them."""
        ...

    def end(self) -> None:
        """The sender said goodbye. May be called more than once."""
        ...


class Receiver(OwnReceiver):
    """Hands each packet to a sink, and reports to the sender what arrived.

    Attributes:
        sink: takes the packets; until there is one they are dropped.
        red: the payload type of packets that carry copies of those before them, if there is one.
    """

    def __init__(self, kind: str, transport: RTCDtlsTransport) -> None:
        super().__init__(kind, transport)
        self.sink: PacketSink | None = None
        self.red: int | None = None
        self._codecs: dict[int, RTCRtpCodecParameters] = {}
        self._rtx: dict[int, int] = {}
        self._bandwidth = _Bandwidth() if kind == "video" else None
        self._reports = Reports()
        self._tasks = BackgroundTasks("a report about what a client sends")

    def start(self, parameters: RTCRtpReceiveParameters) -> None:
        """Learn the codecs and begin to report."""
        for codec in parameters.codecs:
            if codec.payloadType is not None:
                self._codecs[codec.payloadType] = codec
        for encoding in parameters.encodings:
            if encoding.rtx:
                self._rtx[encoding.rtx.ssrc] = encoding.ssrc
        self._tasks.spawn(self._report())

    def finish(self) -> None:
        """Stop reporting, and tell the sink."""
        self._tasks.cancel()
        if self.sink is not None:
            self.sink.end()

    async def finished(self) -> None:
        """Wait until nothing is reported any more."""
        await self._tasks.ended()

    def rtp_received(self, packet: RtpPacket, arrival_ms: int) -> None:
        """Take a packet."""
        estimate = None if self._bandwidth is None else self._bandwidth.add(packet, arrival_ms)
        if estimate is not None:
            fci = pack_remb_fci(*estimate)
            self._tasks.spawn(self.send_rtcp(RtcpPsfbPacket(RTCP_PSFB_APP, self.rtcp_ssrc, 0, fci)))
        codec = self._codecs.get(packet.payload_type)
        if codec is None:
            if packet.payload_type == self.red:
                self._take_apart(packet)
            return
        self._reports.arrived(packet, codec.clockRate)
        if is_rtx(codec):
            original = self._unwrapped(packet, codec)
            if original is None:
                return
            codec, packet = original
        if self.sink is not None:
            self.sink.add(packet, codec)

    def rtcp_received(self, packet: AnyRtcpPacket) -> None:
        """Take a sender's report or goodbye."""
        if isinstance(packet, RtcpSrPacket):
            self._reports.sender_reported(packet)
        elif isinstance(packet, RtcpByePacket) and self.sink is not None:
            self.sink.end()

    def ask_again(self, ssrc: int, missing: list[int]) -> None:
        """Report packets as lost (NACK, RFC 4585 section 6.2.1)."""
        report = RtcpRtpfbPacket(RTCP_RTPFB_NACK, self.rtcp_ssrc, ssrc, missing)
        self._tasks.spawn(self.send_rtcp(report))

    def ask_for_key_frame(self, ssrc: int) -> None:
        """Report that frames were lost (PLI, RFC 4585 section 6.3.1)."""
        self._tasks.spawn(self.send_rtcp(RtcpPsfbPacket(RTCP_PSFB_PLI, self.rtcp_ssrc, ssrc)))

    def _take_apart(self, packet: RtpPacket) -> None:
        """Take what a packet has of its own; copies are not asked for, and seldom needed."""
        codec = next(iter(self._codecs.values()), None)
        if codec is None:
            return
        self._reports.arrived(packet, codec.clockRate)
        try:
            packet.payload = unpack(packet.payload)[-1].payload
        except ValueError as error:
            logger.debug("a packet with copies cannot be read: %s", error)
            return
        if self.sink is not None:
            self.sink.add(packet, codec)

    def _unwrapped(
        self, packet: RtpPacket, codec: RTCRtpCodecParameters
    ) -> tuple[RTCRtpCodecParameters, RtpPacket] | None:
        """Return a retransmitted packet as it was sent first, ``None`` if it is not one."""
        ssrc = self._rtx.get(packet.ssrc)
        payload_type: Any = codec.parameters.get("apt")
        original = self._codecs.get(payload_type)
        if ssrc is None or original is None or len(packet.payload) < 2:
            return None
        return original, unwrap_rtx(packet, payload_type=payload_type, ssrc=ssrc)

    async def _report(self) -> None:
        while True:
            # RFC 3550 section 6.2: a random interval, so that reports of many do not coincide.
            await asyncio.sleep(0.5 + random.random())
            try:
                blocks = self._reports.blocks()
                if blocks:
                    await self.send_rtcp(RtcpRrPacket(self.rtcp_ssrc, blocks))
            except Exception as error:
                # whatever a client made of the numbers: the next report may be right again.
                logger.warning("a receiver report failed: %s", error, exc_info=error)


class Reports:
    """What receiver reports say of each source (RFC 3550 section 6.4)."""

    def __init__(self) -> None:
        self._streams: dict[int, StreamStatistics] = {}
        self._last: dict[int, tuple[int, float]] = {}

    def arrived(self, packet: RtpPacket, clock_rate: int) -> None:
        """Count a packet."""
        stream = self._streams.pop(packet.ssrc, None) or StreamStatistics(clock_rate)
        self._streams[packet.ssrc] = stream  # the last one is the newest
        stream.add(packet)

    def sender_reported(self, packet: RtcpSrPacket) -> None:
        """Remember when which report came, for the sender's estimate of the round trip."""
        if packet.ssrc in self._streams:
            middle = packet.sender_info.ntp_timestamp >> 16 & _MAX_UINT32
            self._last[packet.ssrc] = middle, time.monotonic()

    def blocks(self) -> list[RtcpReceiverInfo]:
        """Return the report blocks of the sources from which something came last."""
        return [self._block(ssrc) for ssrc in list(self._streams)[-MAX_REPORTS:]]

    def _block(self, ssrc: int) -> RtcpReceiverInfo:
        stream = self._streams[ssrc]
        lsr, at = self._last.get(ssrc, (0, 0.0))
        delay = int((time.monotonic() - at) * 65536) if lsr else 0
        return RtcpReceiverInfo(
            ssrc=ssrc,
            fraction_lost=max(0, min(stream.fraction_lost, 255)),
            packets_lost=stream.packets_lost,
            highest_sequence=(stream.max_seq or 0) & _MAX_UINT32,
            # A client that lies about its timestamps gets this beyond 32 bits.
            jitter=max(0, min(stream.jitter, _MAX_UINT32)),
            lsr=lsr,
            dlsr=min(delay, _MAX_UINT32),
        )


class _Bandwidth:
    """How many bits a second the network can take (REMB)."""

    def __init__(self) -> None:
        self._estimator = RemoteBitrateEstimator()
        self._last_ms: int | None = None

    def add(self, packet: RtpPacket, arrival_ms: int) -> tuple[int, list[int]] | None:
        sent = packet.extensions.abs_send_time
        if sent is None:
            return None
        last, self._last_ms = self._last_ms, arrival_ms
        if last is not None and arrival_ms - last > _ESTIMATE_WINDOW_MS:
            # It would go through the pause one millisecond after the other, a second for an hour.
            self._estimator.incoming_bitrate.reset()
        size = len(packet.payload) + packet.padding_size
        estimate: tuple[int, list[int]] | None = self._estimator.add(
            abs_send_time=sent, arrival_time_ms=arrival_ms, payload_size=size, ssrc=packet.ssrc
        )
        return estimate
