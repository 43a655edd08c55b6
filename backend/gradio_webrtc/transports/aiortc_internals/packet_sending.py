"""Encrypting packets of media and handing them to the socket, or the relay, in use."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from aiortc import RTCDtlsTransport
from aiortc.rtcdtlstransport import State
from aiortc.rtp import is_rtcp

from gradio_webrtc.transports.aiortc_internals.udp_segmentation import DatagramSending

COMPONENT = 1
"""Of an ICE agent: the one that media and reports share (RFC 8445, section 5.1.1.2)."""

PACKETS_AT_ONCE = 32
"""Packets that are sent before everybody else has a turn: about 2 ms."""


class PacketSending:
    """Sends what a transport's senders give it, in the place of its ``_send_rtp``.

    aiortc and aioice send each packet in five coroutines, one in the other, and all packets of a
    frame without giving way: 50 ms and more for a megabyte.

    Args:
        dtls: the transport.
    """

    def __init__(self, dtls: RTCDtlsTransport) -> None:
        self._dtls = dtls
        self._datagrams = DatagramSending()
        self._without_turn = 0

    async def __call__(self, data: bytes) -> None:
        """Send a packet of RTP or RTCP.

        Raises:
            ConnectionError: there is no connection.
        """
        await self.send((data,))

    async def send(self, packets: Sequence[bytes]) -> None:
        """Send packets of RTP or RTCP: some of one frame, ``PACKETS_AT_ONCE`` at most.

        Raises:
            ConnectionError: there is no connection.
        """
        self._send(packets)
        self._without_turn += len(packets)
        if self._without_turn >= PACKETS_AT_ONCE:
            self._without_turn = 0
            await asyncio.sleep(0)

    def _send(self, packets: Sequence[bytes]) -> None:
        dtls = self._dtls
        in_use = dtls.transport._connection._nominated.get(COMPONENT)
        if dtls._state is not State.CONNECTED or in_use is None:
            raise ConnectionError("Not connected.")
        srtp = dtls._tx_srtp
        encrypted = [
            srtp.protect_rtcp(data) if is_rtcp(data) else srtp.protect(data) for data in packets
        ]
        self._datagrams.send(in_use.protocol.transport, encrypted, in_use.remote_addr)
        counts: Any = dtls
        counts._RTCDtlsTransport__tx_bytes += sum(map(len, encrypted))
        counts._RTCDtlsTransport__tx_packets += len(encrypted)


async def send_packets(dtls: RTCDtlsTransport, packets: Sequence[bytes]) -> None:
    """Send at most ``PACKETS_AT_ONCE`` packets over ``dtls``, together where its sending is ours.

    Raises:
        ConnectionError: there is no connection.
    """
    sending: Any = dtls._send_rtp
    if isinstance(sending, PacketSending):
        await sending.send(packets)
        return
    for data in packets:
        await sending(data)
