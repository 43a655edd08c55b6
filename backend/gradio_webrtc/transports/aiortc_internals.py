"""Everything that this package knows of aiortc beyond its documented interface.

Written for aiortc 1.14 to 1.16. ``tests/unit/transports/test_aiortc_internals.py`` says of each
name what it is used for, and fails when a version of aiortc no longer has it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from aiortc import (
    RTCDtlsTransport,
    RTCIceTransport,
    RTCPeerConnection,
    RTCRtpReceiver,
    RTCRtpSender,
    RTCRtpTransceiver,
    RTCSctpTransport,
)
from aiortc.jitterbuffer import JitterBuffer
from aiortc.rtcrtpparameters import RTCRtpCodecParameters, RTCRtpReceiveParameters
from aiortc.rtp import RTCP_RTPFB_NACK, RtcpRtpfbPacket

from gradio_webrtc.transports.packet_bounds import (
    MAX_WAITING_DATAGRAMS,
    BoundedQueue,
    BoundedSession,
)
from gradio_webrtc.transports.sctp_checks import check_packet

logger = logging.getLogger(__name__)

PACKETS_AT_ONCE = 32
"""Packets of a frame that are sent before everybody else has a turn: about 2 ms."""
MAX_FRAGMENTS = 1024
"""Pieces of messages that may wait for the rest on the data channels, about 1 MB."""


def negotiated_codecs(transceiver: RTCRtpTransceiver) -> list[RTCRtpCodecParameters]:
    """Return what both sides have, the preferred one first; empty before the answer."""
    return transceiver._codecs


def set_encoder(sender: RTCRtpSender, encoder: Any) -> None:
    """Give ``sender`` an encoder; aiortc makes one with the first frame, unless it has one."""
    sender._RTCRtpSender__encoder = encoder  # type: ignore[attr-defined]


def put_in_order(buffer: JitterBuffer, packet: Any) -> Any:
    """Add a packet to aiortc's jitter buffer; return an encoded frame or ``None``."""
    packet._data = packet.payload
    return buffer.add(packet)[1]


class OwnReceiver(RTCRtpReceiver):
    """A receiver whose packets are handled here instead of by aiortc, which has no part of it left.

    aiortc's own has an unbounded queue, a thread that is joined on the event loop, and a reporting
    task that dies of more than 255 sources, whereupon nobody can close the connection.
    """

    @classmethod
    def replace(cls, transceiver: RTCRtpTransceiver) -> OwnReceiver:
        """Put a new one in the place of a fresh ``transceiver``'s receiver."""
        receiver = cls(transceiver.kind, transceiver.receiver.transport)
        receiver._set_rtcp_ssrc(transceiver.sender._ssrc)
        transceiver._RTCRtpTransceiver__receiver = receiver  # type: ignore[attr-defined]
        return receiver

    def __init__(self, kind: str, transport: RTCDtlsTransport) -> None:
        super().__init__(kind, transport)
        self.rtcp_ssrc = 0
        self._registered = False

    def start(self, parameters: RTCRtpReceiveParameters) -> None:
        """Packets may come from now on."""
        raise NotImplementedError

    async def rtp_received(self, packet: Any, arrival_ms: int) -> None:
        """Take an ``aiortc.rtp.RtpPacket``."""
        raise NotImplementedError

    def rtcp_received(self, packet: Any) -> None:
        """Take one of the ``aiortc.rtp.Rtcp...Packet``."""
        raise NotImplementedError

    def finish(self) -> None:
        """No more packets come. May be called more than once."""
        raise NotImplementedError

    async def finished(self) -> None:
        """Wait until nothing runs any more."""
        raise NotImplementedError

    async def send_rtcp(self, packet: Any) -> None:
        """Send one of the ``aiortc.rtp.Rtcp...Packet``, if there is a connection."""
        try:
            await self.transport._send_rtp(bytes(packet))
        except ConnectionError:
            logger.debug("a report was not sent: not connected")

    # -- what aiortc calls ---------------------------------------------------------------------

    async def receive(self, parameters: RTCRtpReceiveParameters) -> None:
        """Start, once; aiortc asks again when more is negotiated."""
        if not self._registered:
            self._registered = True
            self.start(parameters)
            self.transport._register_rtp_receiver(self, parameters)

    async def stop(self) -> None:
        """End."""
        if self._registered:
            self.transport._unregister_rtp_receiver(self)
        self.finish()
        await self.finished()

    def _handle_disconnect(self) -> None:
        self.finish()

    async def _handle_rtcp_packet(self, packet: Any) -> None:
        self.rtcp_received(packet)

    async def _handle_rtp_packet(self, packet: Any, arrival_time_ms: int) -> None:
        if self._enabled:
            await self.rtp_received(packet, arrival_time_ms)

    def _set_rtcp_ssrc(self, ssrc: int) -> None:
        super()._set_rtcp_ssrc(ssrc)
        self.rtcp_ssrc = ssrc


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
    receive, set_up, send = dtls._recv_next, dtls._setup_srtp, dtls._send_rtp
    sent = 0

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

    async def send_rtp(data: bytes) -> None:
        # aiortc sends all packets of a frame without giving way: 50 ms and more for a megabyte.
        nonlocal sent
        sent += 1
        await send(data)
        if sent % PACKETS_AT_ONCE == 0:
            await asyncio.sleep(0)

    dtls._recv_next = recv_next  # type: ignore[method-assign]
    dtls._setup_srtp = setup_srtp  # type: ignore[method-assign]
    dtls._send_rtp = send_rtp  # type: ignore[method-assign]
    dtls.transport._connection._queue = BoundedQueue(MAX_WAITING_DATAGRAMS)


def protect_data_channels(sctp: RTCSctpTransport, complain: Callable[[str], None]) -> None:
    """Bound what a packet costs, and what ``sctp`` keeps of messages whose rest is missing.

    aiortc announces a window and does not hold anybody to it, and goes through all it keeps with
    every packet. What is dropped here counts as not received.
    """
    handle, receive = sctp._handle_data, sctp._receive_data_chunk

    async def handle_data(data: bytes) -> None:
        try:
            check_packet(data)
        except ValueError as error:
            complain(str(error))
        else:
            await handle(data)

    async def receive_data_chunk(chunk: Any) -> None:
        stream = sctp._inbound_streams.get(chunk.stream_id)
        waiting = 0 if stream is None else len(stream.reassembly)
        too_many = max(waiting, len(sctp._sack_misordered), len(sctp._inbound_streams))
        if sctp._advertised_rwnd < len(chunk.user_data) or too_many >= MAX_FRAGMENTS:
            complain("it sends more on its data channels than is read")
            return
        await receive(chunk)

    sctp._handle_data = handle_data  # type: ignore[method-assign]
    sctp._receive_data_chunk = receive_data_chunk  # type: ignore[method-assign]


def protect_sender(
    sender: RTCRtpSender,
    on_lost: Callable[[list[int], list[int]], tuple[list[int], bool]],
    on_key_frame: Callable[[], None],
    complain: Callable[[str], None],
) -> None:
    """Bound what ``sender`` does for reports of loss, and let it be closed whatever came.

    Args:
        sender: one that has not started.
        on_lost: which of the packets that are asked for (first), given those that are there
            (second), to send again, and whether a key frame is needed.
        on_key_frame: called when the next frame has to be a key frame.
        complain: is told of what went wrong.
    """
    handle, send_key_frame = sender._handle_rtcp_packet, sender._send_keyframe
    run, send = sender._run_rtcp, sender._send_rtcp
    exited: asyncio.Event = sender._RTCRtpSender__rtcp_exited  # type: ignore[attr-defined]

    def key_frame() -> None:
        send_key_frame()
        on_key_frame()

    async def handle_rtcp_packet(packet: Any) -> None:
        if not isinstance(packet, RtcpRtpfbPacket) or packet.fmt != RTCP_RTPFB_NACK:
            await handle(packet)
            return
        history: dict[int, Any] = sender._RTCRtpSender__rtp_history  # type: ignore[attr-defined]
        kept = [packet.sequence_number for packet in history.values()]
        again, needs_key_frame = on_lost(packet.lost, kept)
        for number in again:
            await sender._retransmit(number)
        if needs_key_frame:
            key_frame()

    async def send_rtcp(packets: list[Any]) -> None:
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


async def close_by_force(pc: RTCPeerConnection) -> None:
    """Free the sockets and tasks of ``pc`` when its own ``close`` did not come to an end."""
    for transceiver in pc.getTransceivers():
        sender: Any = transceiver.sender
        for name in ("_RTCRtpSender__rtp_task", "_RTCRtpSender__rtcp_task"):
            if (task := getattr(sender, name)) is not None:
                task.cancel()
    for dtls in transports_of(pc):
        await dtls.stop()
        ice: RTCIceTransport = dtls.transport
        await ice.stop()
