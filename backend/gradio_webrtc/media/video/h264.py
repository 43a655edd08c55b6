"""H.264 in RTP (RFC 6184), as far as it has to be read before it is decoded."""

from __future__ import annotations

import re

from gradio_webrtc.media.video.h264_sps import picture_size

_START_CODE = b"\x00\x00\x00\x01"
_IDR, _SPS, _STAP_A, _FU_A = 5, 7, 24, 28

# Decoders look for start codes wherever they are, also inside of what claims to be one NAL unit;
# so does this, whatever the other bits of the unit's header say.
_SPS_UNIT = re.compile(rb"\x00\x00\x01[\x07\x27\x47\x67\x87\xa7\xc7\xe7]")
_IDR_UNIT = re.compile(rb"\x00\x00\x01[\x05\x25\x45\x65\x85\xa5\xc5\xe5]")

MAX_SPS_BYTES = 256
"""A sequence parameter set has some tens of bytes; its size stands before what may be longer."""
MAX_SPS = 32
"""As many sequence parameter sets as there are ids (ITU-T H.264, 7.4.2.1.1)."""


def depacketise(payload: bytes) -> tuple[bytes, bool]:
    """Return a packet's NAL units with start codes, and whether a key frame may begin with it.

    Handles single NAL units, STAP-A and FU-A: packetisation modes 0 and 1.

    Raises:
        ValueError: the payload is cut short, or of another type.
    """
    if len(payload) < 2:
        raise ValueError("An H.264 payload is cut short.")
    kind = payload[0] & 0x1F
    if 1 <= kind <= 23:
        return _START_CODE + payload, kind in (_SPS, _IDR)
    if kind == _FU_A:
        return _fragment(payload)
    if kind == _STAP_A:
        units = _aggregated(payload)
        starts = any(unit[0] & 0x1F in (_SPS, _IDR) for unit in units)
        return b"".join(_START_CODE + unit for unit in units), starts
    raise ValueError(f"H.264 payloads of type {kind} are not in packetisation mode 1.")


def _fragment(payload: bytes) -> tuple[bytes, bool]:
    kind, first = payload[1] & 0x1F, bool(payload[1] & 0x80)
    if not first:
        return payload[2:], False
    return _START_CODE + bytes([payload[0] & 0xE0 | kind]) + payload[2:], kind == _IDR


def _aggregated(payload: bytes) -> list[bytes]:
    units = []
    position = 1
    while position < len(payload):
        start = position + 2
        end = start + int.from_bytes(payload[position:start], "big")
        if start > len(payload) or end > len(payload):
            raise ValueError("An H.264 aggregation packet is cut short.")
        if end > start:
            units.append(payload[start:end])
        position = end
    return units


def is_key_frame(frame: bytes) -> bool:
    """Tell whether decoding can begin with ``frame``, NAL units with start codes."""
    return _IDR_UNIT.search(frame) is not None


def announced_size(frame: bytes) -> tuple[int, int] | None:
    """Return the largest width and height in pixels that a parameter set in ``frame`` announces.

    Returns:
        ``None`` when there is no sequence parameter set in it; ``(0, 0)`` when there is one that
        cannot be read, or more than there may be: nothing of that can be shown.
    """
    sizes = []
    for number, found in enumerate(_SPS_UNIT.finditer(frame)):
        if number == MAX_SPS:
            return 0, 0
        try:
            sizes.append(picture_size(frame[found.end() : found.end() + MAX_SPS_BYTES]))
        except ValueError:
            return 0, 0
    return max(sizes, key=lambda size: size[0] * size[1], default=None)
