"""The transport of a connection bears what comes, gives way, and is freed in the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from aiortc import RTCBundlePolicy, RTCConfiguration, RTCDtlsTransport, RTCPeerConnection
from aiortc.rtcrtpparameters import RTCRtpCodecParameters, RTCRtpSendParameters

from gradio_webrtc.transports.aiortc_internals.connection import (
    PACKETS_AT_ONCE,
    close_by_force,
    close_sockets,
    protect_transport,
    transports_of,
)
from gradio_webrtc.transports.packet_bounds import MAX_WAITING_DATAGRAMS
from tests.support.leaks import other_tasks

PARAMETERS = RTCRtpSendParameters(
    codecs=[RTCRtpCodecParameters("video/VP8", 90_000, payloadType=96)]
)


def connection() -> RTCPeerConnection:
    return RTCPeerConnection(
        RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
    )


@pytest_asyncio.fixture
async def pc() -> AsyncIterator[RTCPeerConnection]:
    made = connection()
    yield made
    await made.close()


@pytest.fixture
def dtls(pc: RTCPeerConnection) -> RTCDtlsTransport:
    return pc.addTransceiver("video").receiver.transport


def sockets(dtls: RTCDtlsTransport) -> list[asyncio.DatagramTransport]:
    return [protocol.transport for protocol in dtls.transport._connection._protocols]


async def test_each_transport_in_use_is_found_once(pc: RTCPeerConnection) -> None:
    assert transports_of(pc) == set()
    pc.createDataChannel("control")
    assert pc.sctp is not None
    assert transports_of(pc) == {pc.sctp.transport}
    for kind in ("audio", "video"):
        pc.addTransceiver(kind)
    assert transports_of(pc) == {pc.sctp.transport}


async def test_an_unreadable_packet_is_a_complaint_and_the_next_is_read(
    dtls: RTCDtlsTransport,
) -> None:
    complaints: list[str] = []
    datagrams = iter([b"", b"\xff"])

    async def recv() -> bytes:
        for datagram in datagrams:
            return datagram
        raise ConnectionError

    dtls.encrypted = dtls._RTCDtlsTransport__handshake_done = True  # no handshake to time
    dtls.transport._recv = recv
    protect_transport(dtls, complaints.append)
    await dtls._recv_next()
    await dtls._recv_next()
    assert complaints == ["a packet cannot be read: IndexError: index out of range"]
    with pytest.raises(ConnectionError):  # the end is still the end
        await dtls._recv_next()


async def test_a_long_frame_gives_way_between_its_packets(dtls: RTCDtlsTransport) -> None:
    sent: list[bytes] = []
    when_others_ran: list[int] = []

    async def send_rtp(data: bytes) -> None:
        sent.append(data)

    async def other() -> None:
        while len(sent) < 3 * PACKETS_AT_ONCE:
            when_others_ran.append(len(sent))
            await asyncio.sleep(0)

    dtls._send_rtp = send_rtp
    protect_transport(dtls, lambda complaint: None)
    task = asyncio.ensure_future(other())
    for _ in range(3 * PACKETS_AT_ONCE):
        await dtls._send_rtp(b"packet")
    await task
    assert when_others_ran == [PACKETS_AT_ONCE, 2 * PACKETS_AT_ONCE]
    assert len(sent) == 3 * PACKETS_AT_ONCE


async def test_datagrams_wait_in_a_bounded_queue(dtls: RTCDtlsTransport) -> None:
    protect_transport(dtls, lambda complaint: None)
    agent: Any = dtls.transport._connection
    for _ in range(MAX_WAITING_DATAGRAMS + 1):
        agent.data_received(b"datagram", 1)
    assert agent._queue.qsize() == MAX_WAITING_DATAGRAMS


async def test_a_close_that_hangs_is_ended_by_force() -> None:
    """It hangs as the last report cannot be sent; sockets and tasks are gone all the same."""
    pc = connection()
    transceiver = pc.addTransceiver("video")
    dtls = transceiver.receiver.transport

    async def never(data: bytes) -> None:
        await asyncio.Event().wait()

    dtls._send_rtp = never
    await pc.setLocalDescription(await pc.createOffer())
    await transceiver.sender.send(PARAMETERS)
    opened = sockets(dtls)
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(pc.close(), 0.02)
    assert opened
    assert not any(socket.is_closing() for socket in opened)
    assert other_tasks()

    await close_by_force(pc)
    for _ in range(3):
        await asyncio.sleep(0)
    assert all(socket.is_closing() for socket in opened)
    assert other_tasks() == set()
    assert dtls.transport.state == "closed"


async def test_sockets_opened_after_the_end_are_closed() -> None:
    pc = connection()
    dtls = pc.addTransceiver("video").receiver.transport
    gathering = asyncio.ensure_future(dtls.transport.iceGatherer.gather())
    await asyncio.sleep(0)
    await pc.close()
    await gathering
    opened = sockets(dtls)
    assert opened
    assert not any(socket.is_closing() for socket in opened)
    await close_sockets(pc)
    assert all(socket.is_closing() for socket in opened)
