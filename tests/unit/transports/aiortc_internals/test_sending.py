"""A sender that bears what is reported to it, and can always be stopped."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import av
import numpy as np
import pytest
import pytest_asyncio
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCRtpSender
from aiortc.codecs.base import Encoder
from aiortc.rtcrtpparameters import RTCRtpCodecParameters, RTCRtpSendParameters
from aiortc.rtp import (
    RTCP_PSFB_PLI,
    RTCP_RTPFB_NACK,
    RtcpByePacket,
    RtcpPacket,
    RtcpPsfbPacket,
    RtcpReceiverInfo,
    RtcpRrPacket,
    RtcpRtpfbPacket,
    RtcpSenderInfo,
    RtcpSrPacket,
    RtpPacket,
    is_rtcp,
    unwrap_rtx,
)

from gradio_webrtc.media.audio.pacer import Frame
from gradio_webrtc.transports.aiortc_internals.packet_sending import PACKETS_AT_ONCE
from gradio_webrtc.transports.aiortc_internals.rtp_header import SentPacket
from gradio_webrtc.transports.aiortc_internals.sending import (
    NTP_EPOCH,
    Feedback,
    LossReport,
    OwnSender,
    Pacing,
    negotiated_codecs,
    set_encoder,
)
from gradio_webrtc.transports.sending.audio_sender import audio_frame
from tests.support.sessions import until

VP8 = RTCRtpCodecParameters("video/VP8", 90_000, payloadType=96)


@dataclass
class Guarded:
    """A sender with feedback, what goes over its transport, and what was asked of us."""

    sender: OwnSender
    answer: tuple[list[int], bool] = ([], False)
    lost: list[tuple[list[int], list[int]]] = field(default_factory=list)
    key_frames: int = 0
    reports: list[LossReport] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.sender.transport._send_rtp = self._send_rtp
        self.sender.feedback = Feedback(
            self._on_lost, self._on_key_frame, self.reports.append, self.complaints.append
        )

    def remember(self, *numbers: int) -> None:
        for number in numbers:
            packet = SentPacket(number, 3000, True, 96, b"payload")
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
async def sender() -> AsyncIterator[OwnSender]:
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    yield OwnSender.replace(pc.addTransceiver("video"))
    await asyncio.wait_for(pc.close(), 5.0)


@pytest.fixture
def guarded(sender: OwnSender) -> Guarded:
    return Guarded(sender)


async def test_only_what_was_chosen_of_what_is_kept_is_sent_again(guarded: Guarded) -> None:
    guarded.remember(10, 11, 12)
    guarded.answer = [10, 12], False
    await guarded.report_lost(9, 10, 11, 12)
    assert guarded.lost == [([9, 10, 11, 12], [10, 11, 12])]
    assert [RtpPacket.parse(data).sequence_number for data in guarded.sent] == [10, 12]
    assert (guarded.key_frames, guarded.forces_key_frame) == (0, False)


async def test_who_takes_copies_under_a_type_of_their_own_gets_them_so(guarded: Guarded) -> None:
    """RFC 4588: a source of its own, and the number that was lost in front."""
    sender: Any = guarded.sender
    sender._RTCRtpSender__rtx_payload_type = 97
    guarded.remember(10, 11)
    guarded.answer = [10, 11], False
    await guarded.report_lost(10, 11)
    copies = [RtpPacket.parse(data) for data in guarded.sent]
    assert {(copy.payload_type, copy.ssrc) for copy in copies} == {(97, sender._rtx_ssrc)}
    first, second = (copy.sequence_number for copy in copies)
    assert (second - first) % 2**16 == 1
    originals = [unwrap_rtx(copy, 96, sender._ssrc) for copy in copies]
    assert [
        (packet.sequence_number, packet.timestamp, packet.marker, packet.payload)
        for packet in originals
    ] == [(number, 3000, 1, b"payload") for number in (10, 11)]


async def test_without_feedback_everything_that_is_kept_is_sent_again(guarded: Guarded) -> None:
    guarded.sender.feedback = None
    guarded.remember(10, 11)
    await guarded.report_lost(9, 10, 11)
    assert [RtpPacket.parse(data).sequence_number for data in guarded.sent] == [10, 11]


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
        return RtcpReceiverInfo(ssrc, fraction, 7, 70_000, 0, 0, 0)

    reports = [block(guarded.sender._ssrc, 64), block(guarded.sender._ssrc ^ 1, 255)]
    if kind is RtcpRrPacket:
        await guarded.sender._handle_rtcp_packet(RtcpRrPacket(2, reports))
    else:
        info = RtcpSenderInfo(0, 0, 0, 0)
        await guarded.sender._handle_rtcp_packet(RtcpSrPacket(2, info, reports))
    assert guarded.reports == [LossReport(0.25, 7, 70_000)]
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


class Late(OwnEncoder):
    """Keeps the first frame to itself, as encoders behind a resampler do."""

    kept = False

    def pack(self, packet: Any) -> tuple[list[bytes], int]:
        if not self.kept:
            self.kept = True
            nothing: Any = ([], None)
            return nothing  # type: ignore[no-any-return]
        return super().pack(packet)


@pytest.mark.looptime
async def test_an_encoder_may_have_nothing_yet(guarded: Guarded) -> None:
    track = OnePacket()
    track._packets.append(av.Packet(b"kept"))
    guarded.sender.replaceTrack(track)
    set_encoder(guarded.sender, Late())
    await guarded.sender.send(RTCRtpSendParameters(codecs=[VP8]))
    await asyncio.sleep(0.1)
    assert [RtpPacket.parse(data).payload for data in guarded.sent] == [b"our own: encoded"]


@pytest.mark.parametrize("name", ["PCMU", "PCMA", "G722"])
async def test_telephone_codecs_are_encoded_from_the_first_frame_on(
    guarded: Guarded, name: str
) -> None:
    """By aiortc's encoders, which are made with the first frame."""

    class Samples(MediaStreamTrack):
        kind = "audio"
        count = 0

        async def recv(self) -> av.AudioFrame:
            self.count += 1
            if self.count > 10:
                await asyncio.Event().wait()
            return audio_frame(Frame(np.zeros((1, 960), np.int16), self.count * 960))

    codec = RTCRtpCodecParameters(f"audio/{name}", 8000, payloadType=8)
    guarded.sender.replaceTrack(Samples())
    await guarded.sender.send(RTCRtpSendParameters(codecs=[codec]))
    await until(lambda: len(guarded.sent) >= 9)
    packets = [RtpPacket.parse(data) for data in guarded.sent if not is_rtcp(data)]
    assert {(packet.payload_type, packet.marker, len(packet.payload)) for packet in packets} == {
        (8, 1, 160)
    }
    await asyncio.wait_for(guarded.sender.stop(), 1.0)


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
    sender.pacing = Pacing(lambda: 0.75, counted.append)
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


class LargeFrame(OwnEncoder):
    """Makes more packets of a frame than go at once."""

    def pack(self, packet: Any) -> tuple[list[bytes], int]:
        return [b"payload"] * (2 * PACKETS_AT_ONCE + 6), 0


async def test_packets_of_a_frame_go_together_where_nothing_is_paced(guarded: Guarded) -> None:
    together: list[int] = []
    guarded.sender.pacing = Pacing(lambda: None, together.append)
    guarded.sender.replaceTrack(OnePacket())
    set_encoder(guarded.sender, LargeFrame())
    await guarded.sender.send(RTCRtpSendParameters(codecs=[VP8]))
    await until(lambda: len(guarded.sent) >= 2 * PACKETS_AT_ONCE + 6)
    size = len(guarded.sent[0])
    assert together[:3] == [PACKETS_AT_ONCE * size, PACKETS_AT_ONCE * size, 6 * size]
    numbers = [RtpPacket.parse(data).sequence_number for data in guarded.sent if not is_rtcp(data)]
    assert np.unique(np.diff(numbers) % 2**16).tolist() == [1]
    marked = [RtpPacket.parse(data).marker for data in guarded.sent if not is_rtcp(data)]
    assert marked == [0] * (2 * PACKETS_AT_ONCE + 5) + [1]
    await asyncio.wait_for(guarded.sender.stop(), 1.0)


@pytest.mark.looptime
async def test_reports_say_when_the_track_gave_a_frame(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not when its packets went: receivers synchronise sound and pictures by these pairs."""
    sender, loop = guarded.sender, asyncio.get_running_loop()
    monkeypatch.setattr("time.time", loop.time)
    started = loop.time()
    sender.pacing = Pacing(lambda: 0.1, lambda size: None)
    sender.replaceTrack(OnePacket())
    set_encoder(sender, FourPackets())
    await sender.send(RTCRtpSendParameters(codecs=[VP8]))
    await asyncio.sleep(2.0)
    await sender.stop()
    reports = [RtcpPacket.parse(data)[0] for data in guarded.sent if is_rtcp(data)]
    media = [RtpPacket.parse(data) for data in guarded.sent if not is_rtcp(data)]
    report = reports[0]
    assert isinstance(report, RtcpSrPacket)
    info = report.sender_info
    assert info.rtp_timestamp == media[0].timestamp
    assert info.ntp_timestamp / 2**32 - NTP_EPOCH == pytest.approx(started, abs=0.001)
    assert (info.packet_count, info.octet_count) == (4, 4)


@pytest.mark.looptime
async def test_a_sender_stops_while_a_packet_waits(guarded: Guarded) -> None:
    guarded.sender.pacing = Pacing(lambda: 3600.0, lambda _: None)
    guarded.sender.replaceTrack(OnePacket())
    set_encoder(guarded.sender, FourPackets())
    await guarded.sender.send(RTCRtpSendParameters(codecs=[VP8]))
    await asyncio.sleep(0.1)
    await asyncio.wait_for(guarded.sender.stop(), 1.0)
    assert all(is_rtcp(data) for data in guarded.sent)
