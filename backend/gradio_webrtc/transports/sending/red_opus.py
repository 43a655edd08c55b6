"""Opus that is encoded already, on its way into packets: as it is, or with the packets before.

The latter (RED) for clients that take it, while they lose packets.
"""

from __future__ import annotations

from typing import Any

from aiortc import RTCRtpTransceiver
from aiortc.codecs.base import Encoder
from av import Packet
from av.frame import Frame

from gradio_webrtc.media.audio.red import RedPacker
from gradio_webrtc.transports.aiortc_internals.sending import negotiated_codecs, own_sender


class ReadyOpus(Encoder):
    """The encoder of a sender whose track hands out packets that are Opus already."""

    def encode(self, frame: Frame, force_keyframe: bool = False) -> tuple[list[bytes], int]:
        """Is never asked."""
        raise NotImplementedError

    def pack(self, packet: Packet[Any]) -> tuple[list[bytes], int]:
        """Return what is sent and its time. aiortc's own computes with fractions for the latter."""
        assert packet.pts is not None
        return [bytes(packet)], packet.pts


class RedOpus(ReadyOpus):
    """Packs Opus that is encoded already, with copies of the packets before while they are wanted.

    Packets without copies are plain Opus.

    Args:
        transceiver: on which Opus was agreed, and that has not started.
        red: the payload type of packets with copies.

    Attributes:
        copies: how many packets before each are sent again, 0 to 2.
    """

    def __init__(self, transceiver: RTCRtpTransceiver, red: int) -> None:
        super().__init__()
        self.copies = 0
        self._sender = own_sender(transceiver)
        plain = negotiated_codecs(transceiver)[0].payloadType
        assert plain is not None
        self._plain, self._red = plain, red
        self._packer = RedPacker(plain)

    def pack(self, packet: Packet[Any]) -> tuple[list[bytes], int]:
        """Return what is sent and its time."""
        (payload,), timestamp = super().pack(packet)
        return self.with_copies(payload, timestamp)

    def with_copies(self, payload: bytes, timestamp: int) -> tuple[list[bytes], int]:
        """Return the same of a payload, whose payload type the sender is told."""
        packed = self._packer.pack(payload, timestamp, self.copies)
        self._sender.payload_type = self._plain if packed is None else self._red
        return [payload if packed is None else packed], timestamp
