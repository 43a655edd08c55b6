"""Media is encrypted and sent, and everybody else has a turn meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest
import pytest_asyncio
from aiortc import RTCConfiguration, RTCDtlsTransport, RTCPeerConnection
from aiortc.rtcdtlstransport import State
from aiortc.rtp import RtcpByePacket, RtpPacket

from gradio_webrtc.transports.aiortc_internals.connection import protect_transport
from gradio_webrtc.transports.aiortc_internals.packet_sending import (
    COMPONENT,
    PACKETS_AT_ONCE,
    send_packets,
)


@pytest_asyncio.fixture
async def dtls() -> AsyncIterator[RTCDtlsTransport]:
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    yield pc.addTransceiver("video").receiver.transport
    await pc.close()


class Encryption:
    """Says by which call something was encrypted."""

    def protect(self, data: bytes) -> bytes:
        return b"RTP" + data

    def protect_rtcp(self, data: bytes) -> bytes:
        return b"RTCP" + data


ADDRESS = ("192.0.2.1", 9)


def connected(dtls: Any) -> list[tuple[bytes, tuple[str, int]]]:
    """Let ``dtls`` have what it has when it is connected; return what goes to its socket."""
    sent: list[tuple[bytes, tuple[str, int]]] = []

    def sendto(data: bytes, address: tuple[str, int]) -> None:
        sent.append((data, address))

    protocol = SimpleNamespace(transport=SimpleNamespace(sendto=sendto))
    pair = SimpleNamespace(protocol=protocol, remote_addr=ADDRESS)
    dtls.transport._connection._nominated[COMPONENT] = pair
    dtls._state, dtls._tx_srtp = State.CONNECTED, Encryption()
    return sent


def disconnected(dtls: Any) -> None:
    """Take it away."""
    dtls.transport._connection._nominated.clear()
    dtls._state = State.NEW


async def test_media_and_reports_are_encrypted_sent_and_counted(dtls: Any) -> None:
    protect_transport(dtls, lambda complaint: None)
    sent = connected(dtls)
    media, report = RtpPacket(96, ssrc=3).serialize(), bytes(RtcpByePacket(sources=[3]))
    for data in (media, report):
        await dtls._send_rtp(data)
    assert sent == [(b"RTP" + media, ADDRESS), (b"RTCP" + report, ADDRESS)]
    (stats,) = dtls._get_stats().values()
    assert (stats.packetsSent, stats.bytesSent) == (2, len(media + report) + 7)
    disconnected(dtls)


@pytest.mark.parametrize("missing", ["keys", "address"])
async def test_without_a_connection_nothing_is_sent(dtls: Any, missing: str) -> None:
    protect_transport(dtls, lambda complaint: None)
    sent = connected(dtls)
    if missing == "keys":
        dtls._state = State.CONNECTING
    else:
        dtls.transport._connection._nominated.clear()
    with pytest.raises(ConnectionError):
        await dtls._send_rtp(RtpPacket(96, ssrc=3).serialize())
    assert sent == []
    disconnected(dtls)


@pytest.mark.parametrize("together", [1, PACKETS_AT_ONCE])
async def test_a_long_frame_gives_way_between_its_packets(
    dtls: RTCDtlsTransport, together: int
) -> None:
    when_others_ran: list[int] = []

    async def other() -> None:
        while len(sent) < 3 * PACKETS_AT_ONCE:
            when_others_ran.append(len(sent))
            await asyncio.sleep(0)

    protect_transport(dtls, lambda complaint: None)
    sent = connected(dtls)
    task = asyncio.ensure_future(other())
    for _ in range(3 * PACKETS_AT_ONCE // together):
        await send_packets(dtls, [RtpPacket(96).serialize()] * together)
    await task
    assert when_others_ran == [PACKETS_AT_ONCE, 2 * PACKETS_AT_ONCE]
    assert len(sent) == 3 * PACKETS_AT_ONCE
    disconnected(dtls)
