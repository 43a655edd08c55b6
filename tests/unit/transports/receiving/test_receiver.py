"""What a receiver makes of packets: which codec, what was sent again, and its reports."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from aiortc import RTCConfiguration, RTCPeerConnection
from aiortc.rtcrtpparameters import (
    RTCRtpCodecParameters,
    RTCRtpDecodingParameters,
    RTCRtpReceiveParameters,
    RTCRtpRtxParameters,
)
from aiortc.rtp import RtcpByePacket, RtcpSenderInfo, RtcpSrPacket, RtpPacket

from gradio_webrtc.transports.receiving.receiver import MAX_REPORTS, Receiver, Reports

VP8 = RTCRtpCodecParameters("video/VP8", 90_000, payloadType=96)
RTX = RTCRtpCodecParameters("video/rtx", 90_000, payloadType=97, parameters={"apt": 96})
MEDIA_SSRC, RTX_SSRC = 1000, 2000


class Sink:
    """Keeps what it was given."""

    def __init__(self) -> None:
        self.came: list[tuple[Any, str]] = []
        self.ends = 0

    def add(self, packet: Any, codec: RTCRtpCodecParameters) -> None:
        self.came.append((packet, codec.mimeType))

    def end(self) -> None:
        self.ends += 1


def packet(number: int, payload_type: int = 96, ssrc: int = MEDIA_SSRC) -> RtpPacket:
    result = RtpPacket(
        payload_type=payload_type, sequence_number=number, timestamp=3000 * number, ssrc=ssrc
    )
    result.payload = b"\x10payload"
    return result


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Receiver]:
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    made = Receiver("video", pc.addTransceiver("video").receiver.transport)
    made.sink = Sink()
    encoding = RTCRtpDecodingParameters(
        ssrc=MEDIA_SSRC, payloadType=96, rtx=RTCRtpRtxParameters(ssrc=RTX_SSRC)
    )
    made.start(RTCRtpReceiveParameters(codecs=[VP8, RTX], encodings=[encoding]))
    yield made
    made.finish()
    await made.finished()
    await pc.close()


def sink_of(receiver: Receiver) -> Sink:
    assert isinstance(receiver.sink, Sink)
    return receiver.sink


async def test_packets_come_with_their_codec_and_unknown_ones_not_at_all(
    receiver: Receiver,
) -> None:
    receiver.rtp_received(packet(1), 0)
    receiver.rtp_received(packet(2, payload_type=35), 0)
    assert [(each.sequence_number, codec) for each, codec in sink_of(receiver).came] == [
        (1, "video/VP8")
    ]


async def test_of_packets_with_copies_comes_what_is_their_own(receiver: Receiver) -> None:
    receiver.red = 63
    with_copy = packet(1, payload_type=63)
    with_copy.payload = bytes.fromhex("e0 0f 00 03 60") + b"oneown"
    receiver.rtp_received(with_copy, 0)
    damaged = packet(2, payload_type=63)
    damaged.payload = bytes.fromhex("e0 0f 03 ff 60") + b"own"
    receiver.rtp_received(damaged, 0)
    ((came, codec),) = sink_of(receiver).came
    assert (came.sequence_number, came.payload, codec) == (1, b"own", "video/VP8")


async def test_what_was_sent_again_comes_as_it_was_sent_first(receiver: Receiver) -> None:
    again = packet(77, payload_type=97, ssrc=RTX_SSRC)
    again.payload = (5).to_bytes(2, "big") + b"payload"
    receiver.rtp_received(again, 0)
    ((came, codec),) = sink_of(receiver).came
    assert (came.sequence_number, came.ssrc, came.payload_type) == (5, MEDIA_SSRC, 96)
    assert (came.payload, codec) == (b"payload", "video/VP8")


@pytest.mark.parametrize(("ssrc", "payload"), [(3000, b"\0\5x"), (RTX_SSRC, b"\0")])
async def test_what_only_says_it_was_sent_again_is_dropped(
    receiver: Receiver, ssrc: int, payload: bytes
) -> None:
    again = packet(77, payload_type=97, ssrc=ssrc)
    again.payload = payload
    receiver.rtp_received(again, 0)
    assert sink_of(receiver).came == []


async def test_a_goodbye_and_the_end_are_told(receiver: Receiver) -> None:
    receiver.rtcp_received(RtcpByePacket(sources=[MEDIA_SSRC]))
    assert sink_of(receiver).ends == 1
    receiver.finish()
    assert sink_of(receiver).ends == 2


async def test_without_a_sink_packets_are_dropped(receiver: Receiver) -> None:
    receiver.sink = None
    receiver.rtp_received(packet(1), 0)
    receiver.rtcp_received(RtcpByePacket(sources=[MEDIA_SSRC]))


# -- reports -----------------------------------------------------------------------------------


def test_a_report_says_what_was_lost() -> None:
    reports = Reports()
    for number in range(10):
        if number not in (3, 4):
            reports.arrived(packet(number), 90_000)
    (block,) = reports.blocks()
    assert (block.ssrc, block.packets_lost, block.highest_sequence) == (MEDIA_SSRC, 2, 9)
    assert block.fraction_lost == 256 * 2 // 10
    assert (block.lsr, block.dlsr) == (0, 0)


def test_the_senders_last_report_is_named_in_ours() -> None:
    reports = Reports()
    info = RtcpSenderInfo(
        ntp_timestamp=0x0102030405060708, rtp_timestamp=0, packet_count=1, octet_count=1
    )
    reports.sender_reported(RtcpSrPacket(ssrc=MEDIA_SSRC, sender_info=info))
    assert reports.blocks() == [], "nothing of it came yet"
    reports.arrived(packet(1), 90_000)
    reports.sender_reported(RtcpSrPacket(ssrc=MEDIA_SSRC, sender_info=info))
    assert reports.blocks()[0].lsr == 0x03040506


def test_a_report_holds_the_sources_that_sent_last() -> None:
    reports = Reports()
    for ssrc in range(MAX_REPORTS + 5):
        reports.arrived(packet(1, ssrc=ssrc), 90_000)
    reports.arrived(packet(2, ssrc=0), 90_000)
    sources = [block.ssrc for block in reports.blocks()]
    assert sources == [*range(6, MAX_REPORTS + 5), 0]


def test_numbers_of_a_client_that_lies_fit_into_the_report() -> None:
    reports = Reports()
    for number in range(100):
        late = packet(number)
        late.timestamp = (number % 2) * 0xFFFFFFFF
        reports.arrived(late, 90_000)
    for block in reports.blocks():
        assert len(bytes(block)) == 24
