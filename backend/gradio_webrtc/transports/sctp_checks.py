"""SCTP packets (RFC 9260) that aiortc's parser would not come back from, or not soon."""

from __future__ import annotations

import struct

MAX_ACKNOWLEDGED = 4096
"""Packets one acknowledgement may name in its gap blocks; at most 1,000 are ever on the way."""

_COMMON_HEADER = 12
_INIT, _INIT_ACK, _SACK = 1, 2, 3
_PARAMETERS_AT = {_INIT: 16, _INIT_ACK: 16, 4: 0, 5: 0, 6: 0, 9: 0, 130: 0}
"""Where the parameters of a chunk begin, by its type; 130 is RE-CONFIG (RFC 6525)."""


def check_packet(packet: bytes) -> None:
    """Refuse a packet that costs more than it is long.

    Raises:
        ValueError: a parameter is shorter than its own header, with which the parser would stand
            still for ever; or an acknowledgement names thousands of packets again and again.
    """
    position = _COMMON_HEADER
    while position + 4 <= len(packet):
        kind, _, length = struct.unpack_from("!BBH", packet, position)
        if length < 4:
            raise ValueError("an SCTP chunk is shorter than its header")
        body = packet[position + 4 : position + length]
        if kind in _PARAMETERS_AT:
            _check_parameters(body[_PARAMETERS_AT[kind] :])
        elif kind == _SACK:
            _check_gaps(body)
        position += _padded(length)


def _check_parameters(parameters: bytes) -> None:
    position = 0
    while position + 4 <= len(parameters):
        length = int.from_bytes(parameters[position + 2 : position + 4], "big")
        if length < 4:
            raise ValueError("an SCTP parameter is shorter than its header")
        position += _padded(length)


def _check_gaps(body: bytes) -> None:
    count = int.from_bytes(body[8:10], "big")
    blocks = body[12 : 12 + 4 * count]
    gaps = struct.iter_unpack("!HH", blocks[: len(blocks) // 4 * 4])
    if sum(max(0, end - start + 1) for start, end in gaps) > MAX_ACKNOWLEDGED:
        raise ValueError("an SCTP acknowledgement names too many packets")


def _padded(length: int) -> int:
    return (length + 3) // 4 * 4
