"""H.264: payloads taken apart, and what is read of a frame."""

from __future__ import annotations

import pytest
from aiortc.codecs.h264 import H264Encoder

from gradio_webrtc.media.video import h264
from gradio_webrtc.media.video.encoded_video import announced_size
from tests.support.raw_media import encoded

START = b"\0\0\0\1"


def test_h264_units_in_aggregates_and_fragments() -> None:
    units = [b"\x67abc", b"\x68de", b"\x65" + bytes(range(250)) * 20]
    payloads = H264Encoder._packetize(units)
    assert len(payloads) > 4
    parts, keys = zip(*map(h264.depacketise, payloads), strict=True)
    assert b"".join(parts) == b"".join(b"\0\0\0\1" + unit for unit in units)
    assert list(keys) == [True, True] + [False] * (len(keys) - 2)
    assert h264.depacketise(b"\x61abc") == (b"\0\0\0\1\x61abc", False)


def test_the_largest_of_several_parameter_sets_counts() -> None:
    small, large = encoded("libx264", 320, 240), encoded("libx264", 1920, 1088)
    for frame in (small + large, large + small):
        assert announced_size("H264", frame) == (1920, 1088)


def test_the_largest_is_that_of_the_largest_area() -> None:
    wide, high = encoded("libx264", 1280, 112), encoded("libx264", 320, 240)
    assert h264.announced_size(wide + high) == (1280, 112)


def test_an_aggregate_is_taken_apart_and_empty_units_left_out() -> None:
    payload = b"\x78" + b"\0\2\x41a" + b"\0\0" + b"\0\3\x65bc"
    assert h264.depacketise(payload) == (START + b"\x41a" + START + b"\x65bc", True)
    assert h264.depacketise(b"\x78\0\2\x41a") == (START + b"\x41a", False)


def test_a_key_frame_begins_with_the_first_fragment_of_its_unit() -> None:
    assert h264.depacketise(b"\x7c\x85abc") == (START + b"\x65abc", True)
    assert h264.depacketise(b"\x7c\x05abc") == (b"abc", False)
    assert h264.depacketise(b"\x5c\x81abc") == (START + b"\x41abc", False)


@pytest.mark.parametrize("header", range(0x05, 0x100, 0x20))
def test_a_key_frame_is_one_whatever_its_headers_other_bits_say(header: int) -> None:
    assert h264.is_key_frame(b"\0\0\0\1\x41ab\0\0\1" + bytes([header]))
    assert not h264.is_key_frame(b"\0\0\1" + bytes([header - 4]) + bytes([header]))


def test_without_a_parameter_set_no_size_is_announced() -> None:
    assert h264.announced_size(START + b"\x65abc") is None
    assert h264.announced_size(b"") is None


def test_more_parameter_sets_than_there_are_ids_show_nothing() -> None:
    frame = encoded("libx264", 320, 240)
    one = next(START + unit for unit in frame.split(START) if unit[:1] == b"\x67")
    assert h264.announced_size(one * h264.MAX_SPS) == (320, 240)
    assert h264.announced_size(one * (h264.MAX_SPS + 1)) == (0, 0)
