"""The transport of a connection bears what comes, and is freed in the end."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from typing import Any

import pylibsrtp
import pytest
import pytest_asyncio
from aiortc import (
    InvalidStateError,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCDtlsTransport,
    RTCIceParameters,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.rtcdtlstransport import State
from aiortc.rtcrtpparameters import (
    RTCRtpCodecParameters,
    RTCRtpReceiveParameters,
    RTCRtpSendParameters,
)
from aiortc.rtp import RtcpByePacket, RtpPacket

from gradio_webrtc.transports.aiortc_internals.connection import (
    close_by_force,
    close_sockets,
    peer_connection,
    protect_transport,
    transports_of,
)
from gradio_webrtc.transports.aiortc_internals.receiving import OwnReceiver
from gradio_webrtc.transports.packet_bounds import MAX_WAITING_DATAGRAMS
from tests.support.leaks import other_tasks
from tests.support.sessions import until

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


def begin_to_stop(transport: Any) -> None:
    """Bring it to where its ``stop`` waits for its sockets first."""
    transport._RTCIceTransport__setState("closed")


async def test_who_closes_while_it_connects_leaves_no_error() -> None:
    """Of two transports, the second is being closed while the first one looks for a path."""
    configuration = RTCConfiguration(iceServers=[])
    client, server = RTCPeerConnection(configuration), peer_connection(configuration)
    client.addTransceiver("audio")
    client.createDataChannel("control")
    await client.setLocalDescription(await client.createOffer())
    lines = client.localDescription.sdp.splitlines(keepends=True)
    apart = "".join(line for line in lines if not line.startswith("a=group"))
    await server.setRemoteDescription(RTCSessionDescription(apart, "offer"))
    await server.setLocalDescription(await server.createAnswer())
    assert server.sctp is not None
    first = server.getTransceivers()[0].receiver.transport.transport
    second = server.sctp.transport.transport
    await until(lambda: first.state == "checking")
    begin_to_stop(second)
    await server.close()
    await client.close()
    await until(lambda: not other_tasks())
    await second._connection.close()
    gc.collect()  # a task that failed says so when it is gone


async def test_one_that_cannot_start_says_so() -> None:
    pc: Any = peer_connection(RTCConfiguration(iceServers=[]))
    transceiver = pc.addTransceiver("audio")
    transport = transceiver.receiver.transport.transport
    await transport.iceGatherer.gather()
    pc._RTCPeerConnection__remoteIce[transceiver] = RTCIceParameters()
    begin_to_stop(transport)
    with pytest.raises(InvalidStateError):
        await pc._RTCPeerConnection__connect()
    await transport._connection.close()
    await pc.close()


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


async def test_datagrams_wait_in_a_bounded_queue(dtls: RTCDtlsTransport) -> None:
    protect_transport(dtls, lambda complaint: None)
    agent: Any = dtls.transport._connection
    for _ in range(MAX_WAITING_DATAGRAMS + 1):
        agent.data_received(b"datagram", 1)
    assert agent._queue.qsize() == MAX_WAITING_DATAGRAMS


class Kept(OwnReceiver):
    """Keeps the payloads that arrive."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.came: list[bytes] = []

    def start(self, parameters: RTCRtpReceiveParameters) -> None:
        pass

    def rtp_received(self, packet: RtpPacket, arrival_ms: int) -> None:
        if packet.payload == b"bad":
            raise LookupError("bad")
        self.came.append(packet.payload)

    def finish(self) -> None:
        pass

    async def finished(self) -> None:
        pass


class Plain:
    """Decrypts what was not encrypted."""

    def unprotect(self, data: bytes) -> bytes:
        if data.endswith(b"forged"):
            raise pylibsrtp.Error("authentication failure")
        return data


async def test_media_is_taken_where_it_arrives_once_the_keys_are_there(
    pc: RTCPeerConnection,
) -> None:
    complaints: list[str] = []
    receiver = Kept.replace(pc.addTransceiver("video"))
    assert isinstance(receiver, Kept)
    dtls: Any = receiver.transport
    await receiver.receive(RTCRtpReceiveParameters(codecs=PARAMETERS.codecs))
    protect_transport(dtls, complaints.append)
    agent: Any = dtls.transport._connection

    def arrive(payload: bytes) -> None:
        agent.data_received(RtpPacket(96, 0, 1, 2, 3, payload).serialize(), 1)

    arrive(b"early")
    agent._queue.get_nowait()
    dtls._state, dtls._rx_srtp = State.CONNECTED, Plain()
    for payload in (b"one", b"forged", b"bad", b"two"):
        arrive(payload)
    agent.data_received(bytes([0x80, 96]), 1)  # cut short
    assert (receiver.came, agent._queue.qsize()) == ([b"one", b"two"], 0)
    assert complaints == ["a packet cannot be read: LookupError: bad"]
    report = bytes(RtcpByePacket(sources=[3]))
    for other in (report, b"\x16handshake", b""):
        agent.data_received(other, 1)
    arrive(b"behind them")
    assert [agent._queue.get_nowait()[0] for _ in range(3)] == [report, b"\x16handshake", b""]
    assert receiver.came == [b"one", b"two"]
    dtls._state = State.NEW


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
