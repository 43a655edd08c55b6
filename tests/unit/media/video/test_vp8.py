"""VP8: what a payload and a frame header say."""

from __future__ import annotations

import pytest
from aiortc.codecs.vpx import VpxPayloadDescriptor

from gradio_webrtc.media.video import vp8


@pytest.mark.parametrize(
    ("picture_id", "tl0picidx", "tid", "keyidx"),
    [(None, None, None, None), (5, None, None, None), (300, 7, (1, 1), 3), (None, None, None, 9)],
)
def test_vp8_payload_descriptors(
    picture_id: int | None, tl0picidx: int | None, tid: tuple[int, int] | None, keyidx: int | None
) -> None:
    descriptor = VpxPayloadDescriptor(1, 0, picture_id, tl0picidx, tid, keyidx)
    assert vp8.depacketise(bytes(descriptor) + b"\x10abc") == (b"\x10abc", True)
    assert vp8.depacketise(bytes(descriptor) + b"\x11abc") == (b"\x11abc", False)
    descriptor.partition_start = 0
    assert vp8.depacketise(bytes(descriptor) + b"\x10abc") == (b"\x10abc", False)


def test_a_key_frames_size_is_fourteen_bits_a_side() -> None:
    """The upper two are how the picture is to be scaled (RFC 6386, section 9.1)."""
    scaled = b"\x10\x02\x00\x9d\x01\x2a" + bytes([0x40, 0x41, 0xF0, 0x80])
    assert vp8.key_frame_size(scaled) == (0x140, 0xF0)


def test_only_a_key_frame_has_a_size() -> None:
    assert vp8.key_frame_size(b"") is None
    assert vp8.key_frame_size(b"\x11\x02\x00\x9d\x01\x2a\x40\x01\xf0\x00") is None
    assert vp8.key_frame_size(b"\x10\x02\x00\x9d\x01\x2a\x40\x01\xf0") == (0, 0)


def test_a_partition_behind_the_first_begins_no_frame() -> None:
    assert vp8.depacketise(b"\x10\x10") == (b"\x10", True)
    assert vp8.depacketise(b"\x11\x10") == (b"\x10", False)
    assert vp8.depacketise(b"\x10") == (b"", False)
