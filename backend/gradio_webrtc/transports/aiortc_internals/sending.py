"""Encoders of our own, and senders that bear whatever is reported to them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

from aiortc import RTCDtlsTransport, RTCRtpSender, RTCRtpTransceiver
from aiortc.codecs.base import Encoder
from aiortc.rtcrtpparameters import RTCRtpCodecParameters
from aiortc.rtp import (
    RTCP_RTPFB_NACK,
    AnyRtcpPacket,
    RtcpRrPacket,
    RtcpRtpfbPacket,
    RtcpSrPacket,
    RtpPacket,
)

logger = logging.getLogger(__name__)


def negotiated_codecs(transceiver: RTCRtpTransceiver) -> list[RTCRtpCodecParameters]:
    """Return what both sides have, the preferred one first; empty before the answer."""
    return transceiver._codecs


def set_encoder(sender: RTCRtpSender, encoder: Encoder) -> None:
    """Give ``sender`` an encoder; aiortc makes one with the first frame, unless it has one."""
    sender._RTCRtpSender__encoder = encoder  # type: ignore[attr-defined]


def codec_of_its_own(sender: RTCRtpSender, codec: RTCRtpCodecParameters) -> RTCRtpCodecParameters:
    """Return a copy of the agreed ``codec`` whose payload type each next packet of ``sender`` has.

    Args:
        sender: one that has not started.
        codec: what it would send.
    """
    own, run = replace(codec), sender._run_rtp

    async def run_rtp(_: RTCRtpCodecParameters) -> None:
        await run(own)

    sender._run_rtp = run_rtp  # type: ignore[method-assign,assignment]
    return own


class _PacedTransport:
    """The transport of one sender, over which its new packets go when they may."""

    def __init__(
        self, dtls: RTCDtlsTransport, wait: Callable[[], float], sent: Callable[[int], None]
    ) -> None:
        self.sends_new_packets: asyncio.Task[None] | None = None
        self._dtls = dtls
        self._wait = wait
        self._sent = sent

    def __getattr__(self, name: str) -> Any:
        return getattr(self._dtls, name)

    async def _send_rtp(self, data: bytes) -> None:
        if asyncio.current_task() is self.sends_new_packets:
            seconds = self._wait()
            if seconds > 0:
                await asyncio.sleep(seconds)
        self._sent(len(data))
        await self._dtls._send_rtp(data)


def pace_sender(
    sender: RTCRtpSender, wait: Callable[[], float], sent: Callable[[int], None]
) -> None:
    """Let new packets of ``sender`` wait; copies of packets and reports do not.

    aiortc asks its track for the next frame when all packets of one have gone, so whoever shows
    frames is slowed down to that.

    Args:
        sender: one that has its transport and has not started.
        wait: how many seconds the next packet has to wait.
        sent: is told how many bytes each packet has, copies and reports included.
    """
    run, paced = sender._run_rtp, _PacedTransport(sender.transport, wait, sent)

    async def run_rtp(codec: RTCRtpCodecParameters) -> None:
        paced.sends_new_packets = asyncio.current_task()
        await run(codec)

    sender.setTransport(cast(RTCDtlsTransport, paced))
    sender._run_rtp = run_rtp  # type: ignore[method-assign]


def protect_sender(
    sender: RTCRtpSender,
    on_lost: Callable[[list[int], list[int]], tuple[list[int], bool]],
    on_key_frame: Callable[[], None],
    on_report: Callable[[float], None],
    complain: Callable[[str], None],
) -> None:
    """Bound what ``sender`` does for reports of loss, and let it be closed whatever came.

    Args:
        sender: one that has not started.
        on_lost: which of the packets that are asked for (first), given those that are there
            (second), to send again, and whether a key frame is needed.
        on_key_frame: called when the next frame has to be a key frame.
        on_report: is told of the fraction of packets that was lost since the report before.
        complain: is told of what went wrong.
    """
    handle, send_key_frame = sender._handle_rtcp_packet, sender._send_keyframe
    run, send = sender._run_rtcp, sender._send_rtcp
    exited: asyncio.Event = sender._RTCRtpSender__rtcp_exited  # type: ignore[attr-defined]

    def key_frame() -> None:
        send_key_frame()
        on_key_frame()

    async def handle_rtcp_packet(packet: AnyRtcpPacket) -> None:
        if not isinstance(packet, RtcpRtpfbPacket) or packet.fmt != RTCP_RTPFB_NACK:
            for fraction in _losses(packet, sender._ssrc):
                on_report(fraction)
            await handle(packet)
            return
        history: dict[int, RtpPacket] = sender._RTCRtpSender__rtp_history  # type: ignore[attr-defined]
        kept = [packet.sequence_number for packet in history.values()]
        again, needs_key_frame = on_lost(packet.lost, kept)
        for number in again:
            await sender._retransmit(number)
        if needs_key_frame:
            key_frame()

    async def send_rtcp(packets: list[AnyRtcpPacket]) -> None:
        try:
            await send(packets)
        except Exception as error:
            # the reports go on, and so does the end of the connection, which waits for the last.
            logger.debug("a report cannot be sent", exc_info=error)
            complain(f"a report cannot be sent: {type(error).__name__}: {error}")

    async def run_rtcp() -> None:
        try:
            await run()
        finally:
            exited.set()

    sender._send_keyframe = key_frame  # type: ignore[method-assign]
    sender._handle_rtcp_packet = handle_rtcp_packet  # type: ignore[method-assign]
    sender._send_rtcp = send_rtcp  # type: ignore[method-assign]
    sender._run_rtcp = run_rtcp  # type: ignore[method-assign]


def _losses(packet: AnyRtcpPacket, ssrc: int) -> list[float]:
    """Return which fraction of the packets of ``ssrc`` were lost, by the reports in ``packet``."""
    if not isinstance(packet, (RtcpRrPacket, RtcpSrPacket)):
        return []
    return [report.fraction_lost / 256 for report in packet.reports if report.ssrc == ssrc]
