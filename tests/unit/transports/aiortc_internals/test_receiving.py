"""A receiver of our own gets what aiortc's would, through aiortc's router."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpTransceiver
from aiortc.jitterbuffer import JitterBuffer
from aiortc.rtcrtpparameters import (
    RTCRtpCodecParameters,
    RTCRtpDecodingParameters,
    RTCRtpReceiveParameters,
)
from aiortc.rtp import AnyRtcpPacket, RtcpByePacket, RtpPacket

from gradio_webrtc.transports.aiortc_internals.receiving import OwnReceiver, put_in_order

VP8 = RTCRtpCodecParameters("video/VP8", 90_000, payloadType=96)
SSRC = 1000
PARAMETERS = RTCRtpReceiveParameters(
    codecs=[VP8], encodings=[RTCRtpDecodingParameters(ssrc=SSRC, payloadType=96)]
)


class KeepingReceiver(OwnReceiver):
    """Keeps what it was told, in order."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.calls: list[object] = []
        self.arrivals: list[int] = []

    def start(self, parameters: RTCRtpReceiveParameters) -> None:
        self.calls.append("start")

    def rtp_received(self, packet: RtpPacket, arrival_ms: int) -> None:
        self.calls.append(packet.payload)
        self.arrivals.append(arrival_ms)

    def rtcp_received(self, packet: AnyRtcpPacket) -> None:
        self.calls.append(type(packet))

    def finish(self) -> None:
        self.calls.append("finish")

    async def finished(self) -> None:
        self.calls.append("finished")


def rtp(number: int, payload: bytes, timestamp: int = 0) -> RtpPacket:
    packet = RtpPacket(payload_type=96, sequence_number=number, timestamp=timestamp, ssrc=SSRC)
    packet.payload = payload
    return packet


@pytest_asyncio.fixture
async def transceiver() -> AsyncIterator[RTCRtpTransceiver]:
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    yield pc.addTransceiver("video")
    await pc.close()


@pytest.fixture
def receiver(transceiver: RTCRtpTransceiver) -> KeepingReceiver:
    made = KeepingReceiver.replace(transceiver)
    assert isinstance(made, KeepingReceiver)
    return made


async def arrive(receiver: OwnReceiver, payload: bytes, time_of_day: int = 5) -> None:
    data = rtp(1, payload).serialize()
    await receiver.transport._handle_rtp_data(data, arrival_time_ms=time_of_day)


async def test_it_has_the_kind_the_transport_and_the_source_of_the_one_it_replaces(
    transceiver: RTCRtpTransceiver,
) -> None:
    before = transceiver.receiver
    receiver = KeepingReceiver.replace(transceiver)
    assert transceiver.receiver is receiver is not before
    assert (receiver._RTCRtpReceiver__kind, receiver.transport) == ("video", before.transport)
    assert receiver.rtcp_ssrc == transceiver.sender._ssrc


async def test_packets_and_reports_are_handed_on_from_the_start_to_the_end(
    receiver: KeepingReceiver,
) -> None:
    await arrive(receiver, b"too early")
    await receiver.receive(PARAMETERS)
    await arrive(receiver, b"media")
    await receiver.transport._handle_rtcp_data(bytes(RtcpByePacket(sources=[SSRC])))
    await receiver.stop()
    await arrive(receiver, b"too late")
    assert receiver.calls == ["start", b"media", RtcpByePacket, "finish", "finished"]


async def test_a_clock_that_is_put_back_changes_no_arrival(receiver: KeepingReceiver) -> None:
    await receiver.receive(PARAMETERS)
    before = time.monotonic() * 1000
    for time_of_day in (4_000_000_000_000, 1_000_000_000_000):  # aiortc's, from 1900 on
        await arrive(receiver, b"media", time_of_day)
    first, second = receiver.arrivals
    assert before - 1 <= first <= second <= time.monotonic() * 1000


async def test_it_starts_once_however_often_is_negotiated(receiver: KeepingReceiver) -> None:
    for _ in range(3):
        await receiver.receive(PARAMETERS)
    assert receiver.calls == ["start"]


async def test_a_client_that_may_not_send_is_not_listened_to(receiver: KeepingReceiver) -> None:
    await receiver.receive(PARAMETERS)
    receiver._enabled = False
    await arrive(receiver, b"not agreed on")
    assert receiver.calls == ["start"]


async def test_a_connection_that_is_lost_is_the_end(receiver: KeepingReceiver) -> None:
    receiver._handle_disconnect()
    assert receiver.calls == ["finish"]


async def test_one_that_never_started_can_be_stopped(receiver: KeepingReceiver) -> None:
    await receiver.stop()
    assert receiver.calls == ["finish", "finished"]


async def test_a_report_goes_out_if_there_is_a_connection(receiver: KeepingReceiver) -> None:
    sent: list[bytes] = []

    async def send_rtp(data: bytes) -> None:
        sent.append(data)

    report = RtcpByePacket(sources=[SSRC])
    await receiver.send_rtcp(report)  # not connected: no error
    receiver.transport._send_rtp = send_rtp
    await receiver.send_rtcp(report)
    assert sent == [bytes(report)]


def test_payloads_in_disorder_make_a_frame_in_order() -> None:
    buffer = JitterBuffer(capacity=16)
    came = [(1, b"a", 0), (3, b"c", 0), (2, b"b", 0), (4, b"next", 160)]
    frames = [put_in_order(buffer, rtp(*each)) for each in came]
    assert frames[:3] == [None, None, None]
    assert frames[3] is not None
    assert (frames[3].data, frames[3].timestamp) == (b"abc", 0)
