"""The encrypted transport of a connection, and its end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Any

import pylibsrtp
from aiortc import InvalidStateError, RTCConfiguration, RTCDtlsTransport, RTCPeerConnection
from aiortc.rtcdtlstransport import State
from aiortc.rtp import RtpPacket, is_rtcp

from gradio_webrtc.transports.aiortc_internals.packet_sending import PacketSending
from gradio_webrtc.transports.aiortc_internals.receiving import OwnReceiver
from gradio_webrtc.transports.packet_bounds import (
    MAX_WAITING_DATAGRAMS,
    BoundedQueue,
    BoundedSession,
)

logger = logging.getLogger(__name__)


def peer_connection(configuration: RTCConfiguration) -> RTCPeerConnection:
    """Return a connection that may be closed while it connects.

    aiortc then goes on with the next transport, which is closed by now, and fails in a task that
    nobody looks at: the log gets a traceback.
    """
    pc = RTCPeerConnection(configuration)
    aiortc: Any = pc
    connect = aiortc._RTCPeerConnection__connect

    async def connect_until_closed() -> None:
        try:
            await connect()
        except InvalidStateError:
            if pc.signalingState != "closed":
                raise
            logger.debug("closed while it connected")

    aiortc._RTCPeerConnection__connect = connect_until_closed
    return pc


def transports_of(pc: RTCPeerConnection) -> set[RTCDtlsTransport]:
    """Return the transports that are in use; with BUNDLE one."""
    found = {transceiver.receiver.transport for transceiver in pc.getTransceivers()}
    if pc.sctp is not None:
        found.add(pc.sctp.transport)
    return found


def protect_transport(dtls: RTCDtlsTransport, complain: Callable[[str], None]) -> None:
    """Make ``dtls`` survive what an authenticated client sends; call it before it starts.

    Args:
        dtls: a transport that is in use.
        complain: is told of what was wrong; it should not log every time.
    """
    receive, set_up = dtls._recv_next, dtls._setup_srtp

    async def recv_next() -> None:
        # aiortc catches ValueError here and there. Anything else, struct.error or IndexError out of
        # a packet that is cut short, would end the task that receives.
        try:
            await receive()
        except (ConnectionError, asyncio.CancelledError):
            raise
        except Exception as error:
            logger.debug("a packet cannot be read", exc_info=error)
            complain(f"a packet cannot be read: {type(error).__name__}: {error}")
            await asyncio.sleep(0)

    def setup_srtp() -> None:
        set_up()
        session: Any = BoundedSession(dtls._rx_srtp, complain)
        dtls._rx_srtp = session

    dtls._recv_next = recv_next  # type: ignore[method-assign]
    dtls._setup_srtp = setup_srtp  # type: ignore[method-assign]
    dtls._send_rtp = PacketSending(dtls)  # type: ignore[method-assign]
    take = partial(_take_media, dtls, complain)
    dtls.transport._connection._queue = BoundedQueue(MAX_WAITING_DATAGRAMS, take)


def _take_media(
    dtls: RTCDtlsTransport, complain: Callable[[str], None], datagram: tuple[bytes, int]
) -> bool:
    """Take a packet of media where it arrives; return whether it is one and is taken.

    aiortc has a task that waits for datagrams. To wake it costs a turn of the event loop for each
    packet, as much as all else that is done to it. It reads whatever is no media, and what came
    before the keys were there; its statistics count no more than that.
    """
    data, _ = datagram
    session = dtls._rx_srtp
    if session is None or dtls._state is not State.CONNECTED:
        return False
    if not (data and 127 < data[0] < 192) or is_rtcp(data):  # RFC 7983
        return False
    try:
        packet = RtpPacket.parse(session.unprotect(data), dtls._rtp_header_extensions_map)
        receiver = dtls._rtp_router.route_rtp(packet)
        if isinstance(receiver, OwnReceiver):
            receiver.take(packet)
    except (pylibsrtp.Error, ValueError) as error:
        logger.debug("a packet is not read: %s", error)
    except Exception as error:
        logger.debug("a packet cannot be read", exc_info=error)
        complain(f"a packet cannot be read: {type(error).__name__}: {error}")
    return True


async def close_by_force(pc: RTCPeerConnection) -> None:
    """Free the sockets and tasks of ``pc`` when its own ``close`` did not come to an end."""
    for transceiver in pc.getTransceivers():
        sender: Any = transceiver.sender
        for name in ("_RTCRtpSender__rtp_task", "_RTCRtpSender__rtcp_task"):
            if (task := getattr(sender, name)) is not None:
                task.cancel()
    for dtls in transports_of(pc):
        await dtls.stop()
        await dtls.transport.stop()


async def close_sockets(pc: RTCPeerConnection) -> None:
    """Close what was opened after ``pc`` was closed: aioice goes on gathering candidates."""
    for dtls in transports_of(pc):
        await dtls.transport._connection.close()
