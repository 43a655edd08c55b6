"""The size in an H.264 sequence parameter set, bit by bit."""

from __future__ import annotations

import pytest

from gradio_webrtc.media.video.h264_sps import picture_size

PLAIN = "01000010 00000000 00011111 1 1 011 010 0 000010100 0001111 1"
"""Profile 66, level 31, id 0, frame_num 0, order 2, refs 1, no gaps, 20 x 15, frames."""


def packed(bits: str) -> bytes:
    """Return digits as bytes, ended as a parameter set is."""
    digits = bits.replace(" ", "")
    padded = digits + "1" + "0" * (-(len(digits) + 1) % 8)
    return int(padded, 2).to_bytes(len(padded) // 8, "big")


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
    assert picture_size(packed(bits)) == size


def test_bytes_behind_its_end_do_not_matter() -> None:
    assert picture_size(packed(PLAIN) + b"\0\0\1\x68\xff" * 3) == (320, 240)


def test_the_byte_that_prevents_a_start_code_is_left_out() -> None:
    """Levels and ids may be zero: 00 00 01 in them would be a start code, so it is 00 00 03 01."""
    # The id is 2**7 - 1 and more, in Exp-Golomb with seven leading zeros.
    bits = "01000010 00000000 00000000 0000000100000000 1 011 1 0 000010100 0001111 1"
    plain = packed(bits)
    escaped = plain[:3] + b"\3" + plain[3:]
    assert picture_size(plain) == picture_size(escaped) == (320, 240)


def test_flat_scaling_lists_are_as_long_as_their_kind() -> None:
    """Of eight lists six have 16 numbers and two have 64, each number here a difference of 0."""
    lists = "".join("1" + "1" * (16 if number < 6 else 64) for number in range(8))
    bits = f"01100100 00000000 00011111 1 010 1 1 0 1 {lists} 1 011 010 0 000010100 0001111 1"
    assert picture_size(packed(bits)) == (320, 240)


def test_a_scaling_list_ends_where_a_difference_leads_to_nothing() -> None:
    """8 + 248 is 0 in a byte, as 8 - 8 is."""
    for difference in ("00000000 111110000", "000010001"):
        bits = (
            f"01100100 00000000 00011111 1 00100 0 1 1 0 1 1 {difference} 00000000000"
            " 1 011 010 0 000010100 0001111 1"
        )
        assert picture_size(packed(bits)) == (320, 240)


def test_its_last_bit_counts() -> None:
    bits = PLAIN.replace("00011111 1 1", "00011111 0001000 1").replace(" ", "")
    assert len(bits) == 56
    assert picture_size(int(bits, 2).to_bytes(7, "big")) == (320, 240)


@pytest.mark.parametrize("length", range(6))
def test_one_that_is_cut_short_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="cut short"):
        picture_size(packed(PLAIN)[:length])


def test_numbers_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="damaged"):
        picture_size(b"\x42\x00\x1f" + bytes(20))
    cycle = "0" * 8 + "100000001"  # 256 frames
    with pytest.raises(ValueError, match="damaged"):
        picture_size(packed(f"01001101 00000000 00011111 1 1 010 0 1 1 {cycle}" + "1" * 999))
