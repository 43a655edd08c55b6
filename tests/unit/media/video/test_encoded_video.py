"""What is read of encoded video before it is decoded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradio_webrtc.media.video.encoded_video import DEPACKETISERS, Codec, announced_size, is_key
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
