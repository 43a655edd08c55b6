"""A receiver in the place of aiortc's own, and its jitter buffer."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from aiortc import RTCDtlsTransport, RTCRtpReceiver, RTCRtpTransceiver
from aiortc.jitterbuffer import JitterBuffer, JitterFrame
from aiortc.rtcrtpparameters import RTCRtpReceiveParameters
from aiortc.rtp import AnyRtcpPacket, RtpPacket

from gradio_webrtc.transports.aiortc_internals.waiting_datagrams import (
    datagrams_wait,
    read_waiting,
)

logger = logging.getLogger(__name__)


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
        self._reading_on = False

    def start(self, parameters: RTCRtpReceiveParameters) -> None:
        """Packets may come from now on."""
        raise NotImplementedError

    def rtp_received(self, packet: RtpPacket, arrival_ms: int) -> None:
        """Take a packet."""
        raise NotImplementedError

    def rtcp_received(self, packet: AnyRtcpPacket) -> None:
        """Take a report."""
        raise NotImplementedError

    def finish(self) -> None:
        """No more packets come. May be called more than once."""
        raise NotImplementedError

    async def finished(self) -> None:
        """Wait until nothing runs any more."""
        raise NotImplementedError

    def more_wait(self) -> bool:
        """Return whether anything has arrived that has not been read, as far as it can be known."""
        return datagrams_wait(self.transport)

    def read_on(self, go_on: Callable[[], bool]) -> None:
        """Read what has arrived for as long as ``go_on()`` says so, soon."""
        if not self._reading_on:
            self._reading_on = True
            asyncio.get_running_loop().call_soon(self._read_on, go_on)

    def _read_on(self, go_on: Callable[[], bool]) -> None:
        try:
            read_waiting(self.transport, go_on)
        finally:
            self._reading_on = False

    async def send_rtcp(self, packet: AnyRtcpPacket) -> None:
        """Send a report, if there is a connection."""
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

    async def _handle_rtcp_packet(self, packet: AnyRtcpPacket) -> None:
        self.rtcp_received(packet)

    def take(self, packet: RtpPacket) -> None:
        """Take a packet that arrives now.

        aiortc goes by the time of day. When that is put back, its estimate of the bandwidth, which
        is given every half second, would not be given again before the old time has come.
        """
        if self._enabled:
            self.rtp_received(packet, int(time.monotonic() * 1000))

    async def _handle_rtp_packet(self, packet: RtpPacket, arrival_time_ms: int) -> None:
        self.take(packet)

    def _set_rtcp_ssrc(self, ssrc: int) -> None:
        super()._set_rtcp_ssrc(ssrc)
        self.rtcp_ssrc = ssrc


def put_in_order(buffer: JitterBuffer, packet: RtpPacket) -> JitterFrame | None:
    """Add a packet to aiortc's jitter buffer; return an encoded frame or ``None``."""
    packet._data = packet.payload  # type: ignore[attr-defined]
    return buffer.add(packet)[1]
