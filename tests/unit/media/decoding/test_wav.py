"""A WAV header is read as its bytes come."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from gradio_webrtc.errors import MediaFileError
from gradio_webrtc.media.decoding.declared_length import MOST_BYTES
from gradio_webrtc.media.decoding.wav import MAX_HEADER, WavFormat, WavHeader


def chunk(kind: bytes, body: bytes, size: int | None = None) -> bytes:
    length = len(body) if size is None else size
    return kind + struct.pack("<I", length) + body + b"\0" * (len(body) % 2)


def fmt(tag: int = 1, channels: int = 1, rate: int = 24_000, bits: int = 16) -> bytes:
    width = channels * bits // 8
    return chunk(b"fmt ", struct.pack("<HHIIHH", tag, channels, rate, rate * width, width, bits))


def wav(*chunks: bytes, riff: bytes = b"RIFF") -> bytes:
    return riff + b"\0\0\0\0WAVE" + b"".join(chunks)


def data(size: int) -> bytes:
    return chunk(b"data", b"", size)


def parsed(content: bytes) -> tuple[WavFormat | None, WavHeader]:
    header = WavHeader("a.wav")
    return header.parse(content), header


@pytest.mark.parametrize(
    ("tag", "bits", "dtype"), [(1, 16, "<i2"), (1, 32, "<i4"), (3, 32, "<f4"), (3, 64, "<f8")]
)
@pytest.mark.parametrize("channels", [1, 2])
def test_the_formats_that_are_read(tag: int, bits: int, dtype: str, channels: int) -> None:
    content = wav(fmt(tag, channels, 44_100, bits), data(8000))
    found, header = parsed(content + b"samples")
    assert found == (44_100, channels, np.dtype(dtype))
    assert header.size == len(content)
    assert header.audio_bytes == 8000


def test_the_extensible_kind_says_its_format_further_behind() -> None:
    body = struct.pack("<HHIIHHHHIH", 0xFFFE, 2, 48_000, 384_000, 8, 32, 22, 32, 3, 3)
    found, _ = parsed(wav(chunk(b"fmt ", body + bytes(14)), data(800)))
    assert found == (48_000, 2, np.dtype("<f4"))


@pytest.mark.parametrize(
    "what", [fmt(2, bits=4), fmt(1, bits=8), fmt(1, bits=24), fmt(1, 6), fmt(1, rate=0), fmt(1, 0)]
)
def test_what_only_libav_decodes(what: bytes) -> None:
    with pytest.raises(LookupError):
        parsed(wav(what, data(800)))


def test_chunks_before_the_samples_are_skipped_with_their_padding() -> None:
    content = wav(chunk(b"LIST", b"odd"), fmt(), chunk(b"fact", b"1234"), data(10))
    found, header = parsed(content)
    assert found is not None
    assert header.size == len(content)


def test_it_does_not_matter_where_the_bytes_are_cut() -> None:
    content = wav(chunk(b"LIST", b"odd"), fmt(), data(10))
    for step in (1, 3, 7):
        header = WavHeader("a.wav")
        for end in range(0, len(content), step):
            assert header.parse(content[:end]) is None
            assert header.audio_bytes is None
        assert header.parse(content) == (24_000, 1, np.dtype("<i2"))
        assert header.size == len(content)


def test_the_length_of_a_large_file_is_in_a_chunk_of_its_own() -> None:
    large = chunk(b"ds64", struct.pack("<QQQ", 0, 123_456, 0))
    _, header = parsed(wav(large, fmt(), data(0xFFFFFFFF), riff=b"RF64"))
    assert header.audio_bytes == 123_456


@pytest.mark.parametrize("size", [0, MOST_BYTES, 0x7FFFFFFF, 0xFFFFFFFF])
def test_a_length_that_cannot_be_is_unknown(size: int) -> None:
    found, header = parsed(wav(fmt(), data(size)))
    assert found is not None
    assert header.audio_bytes is None


def test_samples_without_a_format_are_no_wav() -> None:
    with pytest.raises(MediaFileError, match=r"a\.wav: its WAV header does not say what it holds"):
        parsed(wav(data(10)))


def test_a_header_that_never_ends_is_refused() -> None:
    far = wav(chunk(b"LIST", b"", MAX_HEADER))
    with pytest.raises(MediaFileError, match="too far behind"):
        parsed(far + bytes(8))
    assert parsed(wav(chunk(b"LIST", b"", MAX_HEADER - 100)))[0] is None
