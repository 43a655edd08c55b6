"""A sender that bears what is reported to it, and can always be stopped."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import av
import pytest
import pytest_asyncio
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCRtpSender
from aiortc.codecs.base import Encoder
from aiortc.rtcrtpparameters import RTCRtpCodecParameters, RTCRtpSendParameters
from aiortc.rtp import (
    RTCP_PSFB_PLI,
    RTCP_RTPFB_NACK,
    RtcpByePacket,
    RtcpPsfbPacket,
    RtcpReceiverInfo,
    RtcpRrPacket,
    RtcpRtpfbPacket,
    RtcpSenderInfo,
    RtcpSrPacket,
    RtpPacket,
    is_rtcp,
)

from gradio_webrtc.transports.aiortc_internals.sending import (
    negotiated_codecs,
    pace_sender,
    protect_sender,
    set_encoder,
)

VP8 = RTCRtpCodecParameters("video/VP8", 90_000, payloadType=96)


@dataclass
class Guarded:
    """A protected sender, what goes over its transport, and what was asked of us."""

    sender: RTCRtpSender
    answer: tuple[list[int], bool] = ([], False)
    lost: list[tuple[list[int], list[int]]] = field(default_factory=list)
    key_frames: int = 0
    reports: list[float] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.sender.transport._send_rtp = self._send_rtp
        protect_sender(
            self.sender,
            self._on_lost,
            self._on_key_frame,
            self.reports.append,
            self.complaints.append,
        )

    def remember(self, *numbers: int) -> None:
        for number in numbers:
            packet = RtpPacket(payload_type=96, sequence_number=number, ssrc=1)
            packet.payload = b"payload"
            self.sender._RTCRtpSender__rtp_history[number % 128] = packet

    async def report_lost(self, *numbers: int) -> None:
        nack = RtcpRtpfbPacket(fmt=RTCP_RTPFB_NACK, ssrc=2, media_ssrc=1, lost=list(numbers))
        await self.sender._handle_rtcp_packet(nack)

    @property
    def forces_key_frame(self) -> bool:
        """Whether aiortc will tell the encoder."""
        forced: bool = self.sender._RTCRtpSender__force_keyframe
        return forced

    def _on_lost(self, lost: list[int], kept: list[int]) -> tuple[list[int], bool]:
        self.lost.append((lost, kept))
        return self.answer

    def _on_key_frame(self) -> None:
        self.key_frames += 1

    async def _send_rtp(self, data: bytes) -> None:
        self.sent.append(data)


@pytest_asyncio.fixture
async def sender() -> AsyncIterator[RTCRtpSender]:
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    yield pc.addTransceiver("video").sender
    await asyncio.wait_for(pc.close(), 5.0)


@pytest.fixture
def guarded(sender: RTCRtpSender) -> Guarded:
    return Guarded(sender)


async def test_only_what_was_chosen_of_what_is_kept_is_sent_again(guarded: Guarded) -> None:
    guarded.remember(10, 11, 12)
    guarded.answer = [10, 12], False
    await guarded.report_lost(9, 10, 11, 12)
    assert guarded.lost == [([9, 10, 11, 12], [10, 11, 12])]
    assert [RtpPacket.parse(data).sequence_number for data in guarded.sent] == [10, 12]
    assert (guarded.key_frames, guarded.forces_key_frame) == (0, False)


async def test_what_is_gone_is_made_up_for_with_a_key_frame(guarded: Guarded) -> None:
    guarded.answer = [], True
    await guarded.report_lost(9)
    assert guarded.sent == []
    assert (guarded.key_frames, guarded.forces_key_frame) == (1, True)


async def test_a_client_that_asks_for_a_key_frame_gets_one(guarded: Guarded) -> None:
    await guarded.sender._handle_rtcp_packet(
        RtcpPsfbPacket(fmt=RTCP_PSFB_PLI, ssrc=2, media_ssrc=1)
    )
    assert guarded.lost == []
    assert (guarded.key_frames, guarded.forces_key_frame) == (1, True)


@pytest.mark.parametrize("kind", [RtcpRrPacket, RtcpSrPacket])
async def test_what_was_lost_of_its_own_packets_is_told(
    guarded: Guarded, kind: type[RtcpRrPacket | RtcpSrPacket]
) -> None:
    def block(ssrc: int, fraction: int) -> RtcpReceiverInfo:
        return RtcpReceiverInfo(ssrc, fraction, 1, 1, 0, 0, 0)

    reports = [block(guarded.sender._ssrc, 64), block(guarded.sender._ssrc ^ 1, 255)]
    if kind is RtcpRrPacket:
        await guarded.sender._handle_rtcp_packet(RtcpRrPacket(2, reports))
    else:
        info = RtcpSenderInfo(0, 0, 0, 0)
        await guarded.sender._handle_rtcp_packet(RtcpSrPacket(2, info, reports))
    assert guarded.reports == [0.25]
    found: Any = await guarded.sender.getStats()
    assert any(each.type == "remote-inbound-rtp" for each in found.values())  # aiortc knows too


@pytest.mark.looptime
async def test_reports_go_on_after_one_that_failed(guarded: Guarded) -> None:
    send = guarded.sender.transport._send_rtp
    failures = iter([struct.error("too large")])

    async def send_rtp(data: bytes) -> None:
        for failure in failures:
            raise failure
        await send(data)

    guarded.sender.transport._send_rtp = send_rtp
    await guarded.sender.send(RTCRtpSendParameters(codecs=[VP8]))
    await asyncio.sleep(3.5)
    assert guarded.complaints == ["a report cannot be sent: error: too large"]
    assert guarded.sent
    assert all(is_rtcp(data) for data in guarded.sent)
    await asyncio.wait_for(guarded.sender.stop(), 1.0)
    assert guarded.sent[-1] == bytes(RtcpByePacket(sources=[guarded.sender._ssrc]))


@pytest.mark.looptime
async def test_a_sender_stops_though_its_last_report_was_cut_off(guarded: Guarded) -> None:
    async def never(data: bytes) -> None:
        await asyncio.Event().wait()

    guarded.sender.transport._send_rtp = never
    await guarded.sender.send(RTCRtpSendParameters(codecs=[VP8]))
    reporting: asyncio.Task[None] = guarded.sender._RTCRtpSender__rtcp_task
    for _ in range(2):  # once out of its sleep, once out of the last report
        await asyncio.sleep(0)
        reporting.cancel()
    await asyncio.wait_for(guarded.sender.stop(), 1.0)


class OnePacket(MediaStreamTrack):
    """A track of one packet that is encoded already."""

    kind = "video"

    def __init__(self) -> None:
        super().__init__()
        self._packets = [av.Packet(b"encoded")]

    async def recv(self) -> Any:
        if not self._packets:
            await asyncio.Event().wait()
        packet = self._packets.pop()
        packet.pts, packet.time_base = 0, Fraction(1, 90_000)
        return packet


class OwnEncoder(Encoder):
    """Marks what it was given."""

    def encode(self, frame: Any, force_keyframe: bool = False) -> tuple[list[bytes], int]:
        raise NotImplementedError

    def pack(self, packet: Any) -> tuple[list[bytes], int]:
        return [b"our own: " + bytes(packet)], 0


@pytest.mark.looptime
async def test_what_is_sent_is_of_the_encoder_that_was_set(guarded: Guarded) -> None:
    guarded.sender.replaceTrack(OnePacket())
    set_encoder(guarded.sender, OwnEncoder())
    await guarded.sender.send(RTCRtpSendParameters(codecs=[VP8]))
    await asyncio.sleep(0.1)
    assert [RtpPacket.parse(data).payload for data in guarded.sent] == [b"our own: encoded"]


async def test_codecs_are_known_once_both_sides_said_theirs() -> None:
    client, server = (RTCPeerConnection(RTCConfiguration(iceServers=[])) for _ in range(2))
    transceiver = server.addTransceiver("audio")
    assert negotiated_codecs(transceiver) == []
    client.addTransceiver("audio").setCodecPreferences(
        [
            codec
            for codec in RTCRtpSender.getCapabilities("audio").codecs
            if codec.mimeType == "audio/PCMU"
        ]
    )
    await server.setRemoteDescription(await client.createOffer())
    assert [codec.mimeType for codec in negotiated_codecs(transceiver)] == ["audio/PCMU"]
    await client.close()
    await server.close()


class FourPackets(OwnEncoder):
    """Makes four packets of a frame."""

    def pack(self, packet: Any) -> tuple[list[bytes], int]:
        return [b"%d" % number for number in range(4)], 0


@pytest.mark.looptime
async def test_new_packets_wait_and_copies_and_reports_do_not(guarded: Guarded) -> None:
    """All of them are counted."""
    sender, loop = guarded.sender, asyncio.get_running_loop()
    started, counted, went = loop.time(), list[int](), list[tuple[float, bytes]]()

    async def send_rtp(data: bytes) -> None:
        went.append((loop.time() - started, data))

    sender.transport._send_rtp = send_rtp
    pace_sender(sender, lambda: 0.75, counted.append)
    sender.replaceTrack(OnePacket())
    set_encoder(sender, FourPackets())
    guarded.answer = [500], False
    guarded.remember(500)
    await sender.send(RTCRtpSendParameters(codecs=[VP8]))
    await asyncio.sleep(1.0)
    await guarded.report_lost(500)
    await asyncio.sleep(3.0)
    media = [(at, RtpPacket.parse(data)) for at, data in went if not is_rtcp(data)]
    new = [(at, packet) for at, packet in media if packet.sequence_number != 500]
    assert [at for at, _ in new] == pytest.approx([0.75, 1.5, 2.25, 3.0])
    assert [packet.payload for _, packet in new] == [b"0", b"1", b"2", b"3"]
    assert [at for at, packet in media if packet.sequence_number == 500] == [1.0]
    assert any(is_rtcp(data) for _, data in went)
    assert counted == [len(data) for _, data in went]
    await asyncio.wait_for(sender.stop(), 1.0)


@pytest.mark.looptime
async def test_a_sender_stops_while_a_packet_waits(guarded: Guarded) -> None:
    pace_sender(guarded.sender, lambda: 3600.0, lambda _: None)
    guarded.sender.replaceTrack(OnePacket())
    set_encoder(guarded.sender, FourPackets())
    await guarded.sender.send(RTCRtpSendParameters(codecs=[VP8]))
    await asyncio.sleep(0.1)
    await asyncio.wait_for(guarded.sender.stop(), 1.0)
    assert all(is_rtcp(data) for data in guarded.sent)
