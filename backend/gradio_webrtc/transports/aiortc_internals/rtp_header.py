"""What stands before the payload of each packet: made once, with a few numbers to fill in."""

from __future__ import annotations

import struct
import time
from typing import NamedTuple

from aiortc.rtp import HeaderExtensionsMap, RtpPacket

_NUMBERS = struct.Struct("!BHL")
_NUMBERS_AT = 1
"""Marker and payload type, sequence number and timestamp (RFC 3550, section 5.1)."""
_MOST_SEND_TIME = 0xFFFFFF


def abs_send_time() -> int:
    """Return now as the header extension ``abs-send-time`` has it: 24 bits, 18 of them a fraction.

    Receivers compare it with that of other packets only, so it is of the monotonic clock, which is
    never put back.
    """
    return int(time.monotonic() * (1 << 18)) & _MOST_SEND_TIME


class SentPacket(NamedTuple):
    """A packet that was sent, as far as it differs from the others of its source.

    Attributes:
        sequence_number: 16 bits.
        timestamp: of its frame, 32 bits.
        marker: whether it is the last one of its frame.
        payload_type: 7 bits.
        payload: what it carries.
    """

    sequence_number: int
    timestamp: int
    marker: bool
    payload_type: int
    payload: bytes


class RtpHeader:
    """The header of one source's packets, with the extensions that were agreed on.

    aiortc makes an object of each packet and its extensions, and bytes of these one by one.

    Args:
        ssrc: of the source.
        mid: of its section, ``None`` where it has none.
        extensions: under which numbers the other side takes which.
    """

    def __init__(self, ssrc: int, mid: str | None, extensions: HeaderExtensionsMap) -> None:
        def serialized(send_time: int) -> bytes:
            packet = RtpPacket(ssrc=ssrc)
            packet.extensions.mid = mid
            packet.extensions.abs_send_time = send_time
            return packet.serialize(extensions)

        self._bytes = bytearray(serialized(0))
        other = serialized(_MOST_SEND_TIME)
        pairs = enumerate(zip(self._bytes, other, strict=True))
        self._send_time_at = next((at for at, (one, two) in pairs if one != two), None)

    def packet(self, packet: SentPacket) -> bytes:
        """Return the bytes of a packet that is sent now."""
        header = self._bytes
        kind = packet.marker << 7 | packet.payload_type
        _NUMBERS.pack_into(header, _NUMBERS_AT, kind, packet.sequence_number, packet.timestamp)
        at = self._send_time_at
        if at is not None:
            header[at : at + 3] = abs_send_time().to_bytes(3, "big")
        return b"".join((header, packet.payload))
