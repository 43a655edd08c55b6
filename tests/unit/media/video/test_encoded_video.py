"""What is read of encoded video before it is decoded."""

from __future__ import annotations

import pytest
from aiortc.codecs.h264 import H264Encoder
from aiortc.codecs.vpx import VpxPayloadDescriptor
from hypothesis import given
from hypothesis import strategies as st

from gradio_webrtc.media.video import h264, vp8
from gradio_webrtc.media.video.encoded_video import DEPACKETISERS, Codec, announced_size, is_key
from gradio_webrtc.media.video.h264_sps import picture_size
from tests.support.raw_media import encode, encoded

SIZES = [(16, 16), (320, 240), (1280, 720), (1920, 1080), (2000, 1500)]
CODECS: list[tuple[Codec, str]] = [("VP8", "libvpx"), ("H264", "libx264")]


@pytest.mark.parametrize(("codec", "encoder"), CODECS)
@pytest.mark.parametrize("size", SIZES)
def test_the_size_of_a_key_frame(codec: Codec, encoder: str, size: tuple[int, int]) -> None:
    read = announced_size(codec, encoded(encoder, *size))
    assert read is not None
    assert all(side <= found < side + 16 for side, found in zip(size, read, strict=True))


@pytest.mark.parametrize(("codec", "encoder"), CODECS)
def test_key_frames_and_others(codec: Codec, encoder: str) -> None:
    first, second = encode(encoder, 320, 240, 2)
    assert (is_key(codec, first), is_key(codec, second)) == (True, False)
    assert announced_size(codec, second) is None


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


def test_h264_units_in_aggregates_and_fragments() -> None:
    units = [b"\x67abc", b"\x68de", b"\x65" + bytes(range(250)) * 20]
    payloads = H264Encoder._packetize(units)
    assert len(payloads) > 4
    parts, keys = zip(*map(h264.depacketise, payloads), strict=True)
    assert b"".join(parts) == b"".join(b"\0\0\0\1" + unit for unit in units)
    assert list(keys) == [True, True] + [False] * (len(keys) - 2)
    assert h264.depacketise(b"\x61abc") == (b"\0\0\0\1\x61abc", False)


@pytest.mark.parametrize(
    ("codec", "payload"),
    [
        ("VP8", b""),
        ("VP8", b"\x90"),
        ("VP8", b"\x90\x80"),
        ("VP8", b"\x90\x80\x80"),
        ("VP8", b"\x90\xf0\x05\x00"),
        ("H264", b""),
        ("H264", b"\x7c"),
        ("H264", b"\x00\x00"),
        ("H264", b"\x1d\x00\x00"),
        ("H264", b"\x18\x00"),
        ("H264", b"\x18\xff\xff\x67"),
    ],
)
def test_payloads_cut_short(codec: Codec, payload: bytes) -> None:
    with pytest.raises(ValueError, match=r"cut short|not in packetisation"):
        DEPACKETISERS[codec](payload)


@given(st.binary(max_size=60))
def test_any_payload_is_read_or_refused(payload: bytes) -> None:
    for depacketise in DEPACKETISERS.values():
        try:
            data, key = depacketise(payload)
        except ValueError:
            continue
        assert len(data) < len(payload) * 3 + 8
        assert data or not key


@given(st.binary(max_size=80))
def test_any_frame_has_a_size_or_none(data: bytes) -> None:
    for codec, _ in CODECS:
        for frame in (data, b"\0\0\0\1\x67" + data, b"\x10\x02\x00\x9d\x01\x2a" + data):
            size = announced_size(codec, frame)
            assert size is None or min(size) >= 0


def test_damaged_headers_show_nothing() -> None:
    assert announced_size("VP8", b"\x10\x02\x00\x9d\x01\x2b" + bytes(8)) == (0, 0)
    assert announced_size("VP8", b"\x10") == (0, 0)
    assert announced_size("H264", b"\0\0\1\x67\x42") == (0, 0)
    assert announced_size("H264", b"\0\0\1\x67\x42" * 40) == (0, 0)


def test_the_largest_of_several_parameter_sets_counts() -> None:
    small, large = encoded("libx264", 320, 240), encoded("libx264", 1920, 1088)
    for frame in (small + large, large + small):
        assert announced_size("H264", frame) == (1920, 1088)


@pytest.mark.parametrize(
    ("bits", "size"),
    [
        # profile 66, level 31, id 0, frame_num 0, order 2, refs 1, no gaps, 20 x 15, frames
        ("01000010 00000000 00011111 1 1 011 010 0 000010100 0001111 1", (320, 240)),
        # order type 1 with a cycle of two, and fields: twice the height
        ("01001101 00000000 00011111 1 1 010 0 1 1 011 1 1 010 0 000010100 0001111 0", (320, 480)),
        # profile 100, 4:4:4, a scaling list that ends at once
        (
            "01100100 00000000 00011111 1 00100 0 1 1 0 1 1 000010001 00000000000"
            " 1 011 010 0 000010100 0001111 1",
            (320, 240),
        ),
    ],
)
def test_parameter_sets_by_the_book(bits: str, size: tuple[int, int]) -> None:
    digits = bits.replace(" ", "")
    padded = digits + "1" + "0" * (-(len(digits) + 1) % 8)
    sps = int(padded, 2).to_bytes(len(padded) // 8, "big")
    assert picture_size(sps) == size
