"""Packets with copies of those before them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradio_webrtc.media.audio.red import MOST_BLOCKS, Block, RedPacker, unpack

OPUS = 111


def test_each_packet_has_those_before_it_the_oldest_first() -> None:
    packer = RedPacker(OPUS)
    assert packer.pack(b"one", 0, 2) is None  # there is nothing before it
    assert packer.pack(b"two!", 960, 2) == bytes.fromhex("ef 0f 00 03 6f") + b"onetwo!"
    third = packer.pack(b"three", 1920, 2)
    assert third is not None
    assert unpack(third) == [Block(1920, b"one"), Block(960, b"two!"), Block(0, b"three")]
    fourth = packer.pack(b"four", 2880, 1)
    assert fourth is not None
    assert unpack(fourth) == [Block(960, b"three"), Block(0, b"four")]
    assert packer.pack(b"five", 3840, 0) is None
    sixth = packer.pack(b"six", 4800, 1)  # what went out as it is is repeated too
    assert sixth is not None
    assert unpack(sixth) == [Block(960, b"five"), Block(0, b"six")]


def test_what_is_too_long_ago_or_too_long_is_not_repeated() -> None:
    packer = RedPacker(OPUS)
    packer.pack(b"before the silence", 0, 2)
    assert packer.pack(b"after it", 96_000, 2) is None
    packer.pack(bytes(1024), 96_960, 2)
    packed = packer.pack(b"next", 97_920, 2)
    assert packed is not None
    assert unpack(packed) == [Block(1920, b"after it"), Block(0, b"next")]


@given(st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=8), st.integers(0, 2))
def test_every_payload_comes_back_as_it_was(payloads: list[bytes], copies: int) -> None:
    packer = RedPacker(OPUS)
    for number, payload in enumerate(payloads):
        packed = packer.pack(payload, number * 960, copies)
        blocks = [Block(0, payload)] if packed is None else unpack(packed)
        before = payloads[max(0, number - copies) : number]
        assert [each.payload for each in blocks] == [*before, payload]


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        bytes([OPUS]),  # nothing in it
        bytes.fromhex("ef 0f 00 03 6f") + b"one",  # nothing of its own
        bytes.fromhex("ef 0f 00"),
        bytes.fromhex("ef 0f 03 ff 6f") + b"short",
        bytes.fromhex("ef 0f 00 00") * (MOST_BLOCKS + 1) + b"\x6fown",
        b"\xff" * 1000,
    ],
)
def test_what_is_damaged_is_refused(damaged: bytes) -> None:
    with pytest.raises(ValueError, match=r"bytes"):
        unpack(damaged)


@given(st.binary(max_size=100))
def test_whatever_comes_is_taken_apart_or_refused(data: bytes) -> None:
    try:
        blocks = unpack(data)
    except ValueError:
        return
    assert blocks[-1].offset == 0
    assert blocks[-1].payload
    assert sum(len(each.payload) for each in blocks) < len(data)
