"""What VP8 says before it is decoded: RTP payloads (RFC 7741) and the frame header (RFC 6386)."""

from __future__ import annotations

_KEY_FRAME_HEADER = 10
_START_CODE = b"\x9d\x01\x2a"


def depacketise(payload: bytes) -> tuple[bytes, bool]:
    """Return a packet's part of a frame, and whether a key frame begins with it.

    Raises:
        ValueError: the payload descriptor (RFC 7741, section 4.2) is cut short.
    """
    length = _descriptor_length(payload)
    if len(payload) < length:
        raise ValueError("A VP8 payload descriptor is cut short.")
    data = payload[length:]
    begins = bool(payload[0] & 0x10) and not payload[0] & 0x07  # S, and partition 0
    return data, begins and bool(data) and not data[0] & 1


def _descriptor_length(payload: bytes) -> int:
    if not payload:
        return 1
    if not payload[0] & 0x80:  # X
        return 1
    if len(payload) < 2:
        return 2
    extension, length = payload[1], 2
    if extension & 0x80:  # I: a picture id of one byte, or of two when its first bit is set
        if len(payload) < 3:
            return 3
        length += 2 if payload[2] & 0x80 else 1
    length += bool(extension & 0x40)  # L
    length += bool(extension & 0x30)  # T or K
    return length


def key_frame_size(frame: bytes) -> tuple[int, int] | None:
    """Return a key frame's width and height in pixels (RFC 6386, section 9.1).

    Returns:
        ``None`` for a frame that refers to earlier ones, whose size is that of the key frame
        before it; ``(0, 0)`` for a key frame whose header is damaged, which shows nothing.
    """
    if not frame or frame[0] & 1:
        return None
    if len(frame) < _KEY_FRAME_HEADER or frame[3:6] != _START_CODE:
        return 0, 0
    width = int.from_bytes(frame[6:8], "little") & 0x3FFF
    height = int.from_bytes(frame[8:10], "little") & 0x3FFF
    return width, height
