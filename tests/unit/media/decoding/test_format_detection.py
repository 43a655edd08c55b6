"""The first bytes tell which format a chunk is in, and whether it goes on with the one before."""

from __future__ import annotations

import struct

import pytest

from gradio_webrtc.media.decoding.format_detection import (
    CONTINUES_WITHIN_S,
    MARK_BYTES,
    TS_PACKET,
    StreamFormat,
    begins_file,
    id3_size,
    is_mp3_header,
    is_mp3_tag,
    is_new_file,
    is_too_short,
    mp3_tag_offset,
    sniff,
)
from tests.support.encoded_files import encode_audio, tone

MP3 = b"\xff\xfb\x90\x00"
"""MPEG 1 layer III, 128 kbit/s, 44.1 kHz, stereo."""
ADTS = b"\xff\xf1\x50\x80"
RIFF = b"RIFF\x24\0\0\0WAVEfmt "
MP4 = b"\0\0\0\x20ftypisom"
ID3 = b"ID3\x04\0\0\0\0\0\x02ab"
"""A tag of twelve bytes."""


def xing(head: bytes, at: int, mark: bytes = b"Xing") -> bytes:
    return head + bytes(at - 4) + mark + bytes(400)


def ts(pid: int, seconds: float | None = None) -> bytes:
    """Return a packet of ``pid``, with a PES header that has a time."""
    payload = b""
    if seconds is not None:
        ticks = round(seconds * 90_000)
        high, middle, low = ticks >> 30, ticks >> 15 & 0x7FFF, ticks & 0x7FFF
        stamp = struct.pack("!BHH", 0x21 | high << 1, middle << 1 | 1, low << 1 | 1)
        payload = b"\0\0\1\xc0\0\0\x80\x80\5" + stamp
    head = struct.pack("!BHB", 0x47, 0x4000 | pid, 0x10)
    return (head + payload).ljust(TS_PACKET, b"\xff")


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (MP3, "mp3"),
        (b"\xff\xf3\x90\x00", "mp3"),  # MPEG 2
        (ADTS, "adts"),
        (b"\xff\xf9\x50\x80", "adts"),  # MPEG 2
        (RIFF, "wav"),
        (b"RF64\xff\xff\xff\xffWAVEds64", "wav"),
        (b"RIFF\x24\0\0\0AVI LIST", None),
        (b"OggS\0\2", "ogg"),
        (ts(0) * 3, "mpegts"),
        (b"abc" + ts(0) * 3, "mpegts"),  # cut within a packet
        (ts(0) * 2, None),
        (ID3 + MP3, "mp3"),
        (ID3 + ADTS, "adts"),
        (ID3 + b"fLaC", None),
        (ID3, "mp3"),
        (b"fLaC", None),
        (MP4, None),
        (b"\x1aE\xdf\xa3", None),
        (b"\xff\xe0\x00\x00", None),
        (b"\xff\xf1\x74\x80", None),  # there is no 13th rate
        (b"\xff", None),
        (b"", None),
        (b"anything else", None),
    ],
)
def test_a_format_is_told_by_its_first_bytes(head: bytes, expected: StreamFormat | None) -> None:
    assert sniff(head) == expected


FORMATS: list[tuple[str, StreamFormat | None]] = [
    ("mp3", "mp3"),
    ("adts", "adts"),
    ("wav", "wav"),
    ("ogg", "ogg"),
    ("mpegts", "mpegts"),
    ("mp4", None),
    ("flac", None),
    ("webm", None),
]


@pytest.mark.parametrize(("fmt", "expected"), FORMATS)
def test_real_files_are_what_they_are(fmt: str, expected: StreamFormat | None) -> None:
    data = encode_audio(tone(0.2), fmt)
    assert sniff(data[:600]) == expected
    assert is_new_file(data) == (fmt not in ("adts", "mpegts"))


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (MP3, True),
        (MP3[:3], False),
        (b"\xfe\xfb\x90\x00", False),
        (b"\xff\xfd\x90\x00", False),  # layer II
        (b"\xff\xeb\x90\x00", False),  # no such version
        (b"\xff\xfb\x00\x00", False),  # free bitrate
        (b"\xff\xfb\xf0\x00", False),  # no such bitrate
        (b"\xff\xfb\x9c\x00", False),  # no such rate
        (b"\xff\xe3\x90\x00", True),  # MPEG 2.5
    ],
)
def test_mp3_headers(head: bytes, expected: bool) -> None:
    assert is_mp3_header(head) is expected


@pytest.mark.parametrize(
    ("head", "offset"),
    [
        (b"\xff\xfb\x90\x00", 36),  # MPEG 1, stereo
        (b"\xff\xfb\x90\xc0", 21),  # MPEG 1, mono
        (b"\xff\xf3\x90\x00", 21),  # MPEG 2, stereo
        (b"\xff\xf3\x90\xc0", 13),  # MPEG 2, mono
    ],
)
def test_an_mp3_tag_is_behind_the_side_information(head: bytes, offset: int) -> None:
    for mark in (b"Xing", b"Info"):
        assert mp3_tag_offset(xing(head, offset, mark)) == offset
        assert is_mp3_tag(xing(head, offset, mark))
    assert mp3_tag_offset(xing(head, offset + 1)) is None
    assert not is_mp3_tag(xing(head, offset + 1))
    assert is_mp3_tag(xing(head, 36, b"VBRI"))


def test_the_length_of_an_id3_tag() -> None:
    assert id3_size(b"ID3\x04\0\0\0\0\x02\x01") == 10 + 2 * 128 + 1
    assert id3_size(b"ID3\x04\0\x10\0\0\0\x05") == 10 + 5 + 10  # with a footer
    assert id3_size(b"ID3\x04\0\0\xff\xff\xff\xff") == 10 + (1 << 28) - 1
    assert id3_size(b"IDX\x04\0\0\0\0\x02\x01") == 0


def test_how_much_it_takes_to_tell() -> None:
    assert is_too_short(b"")
    assert is_too_short(RIFF[: MARK_BYTES - 1])
    assert not is_too_short(RIFF[:MARK_BYTES])
    assert is_too_short(ts(0) * 2)
    assert not is_too_short(ts(0) * 3)


@pytest.mark.parametrize(
    ("playing", "head", "expected"),
    [
        ("mp3", MP3 + bytes(100), False),
        ("mp3", xing(MP3, 36), True),
        ("mp3", ID3, True),
        ("mp3", b"any slice", False),
        ("mp3", RIFF, True),
        ("adts", ADTS + bytes(100), False),
        ("adts", RIFF, True),
        ("wav", b"samples", False),
        ("wav", ID3, False),  # samples may look like that
        ("wav", MP3, False),
        ("wav", RIFF, True),
        ("wav", MP4, True),
        ("ogg", b"OggS\0\0", False),
        ("ogg", b"OggS\0\2", True),
        ("ogg", b"OggS\0\3", True),
        ("ogg", b"OggS", False),
        ("ogg", RIFF, True),
        ("ogg", b"a slice of a page", False),
    ],
)
def test_a_chunk_goes_on_unless_it_begins_a_file(
    playing: StreamFormat, head: bytes, expected: bool
) -> None:
    assert begins_file(playing, head) is expected


class TestMpegTs:
    def test_what_does_not_begin_with_a_table_goes_on(self) -> None:
        assert not begins_file("mpegts", ts(0x100, 50.0) * 3, last_time=1.0)
        assert not begins_file("mpegts", b"abc" + ts(0) * 3, last_time=1.0)

    @pytest.mark.parametrize("pid", [0x0000, 0x0011])
    @pytest.mark.parametrize(
        ("later", "expected"),
        [
            (0.0, False),
            (0.04, False),
            (CONTINUES_WITHIN_S, False),
            (CONTINUES_WITHIN_S + 0.01, True),
            (-CONTINUES_WITHIN_S / 4, False),
            (-CONTINUES_WITHIN_S / 4 - 0.01, True),
            (-20.0, True),
        ],
    )
    def test_a_table_begins_a_file_whose_time_is_another(
        self, pid: int, later: float, expected: bool
    ) -> None:
        last = 90_000.0  # above 32 bits of ticks
        # The earliest time counts: pictures may come in another order than they are shown.
        head = ts(pid) + ts(0x100, last + later + 0.2) + ts(0x101, last + later)
        assert begins_file("mpegts", head, last) is expected

    def test_without_times_it_is_a_file_only_if_nothing_was_decoded(self) -> None:
        assert begins_file("mpegts", ts(0) * 3, None)
        assert not begins_file("mpegts", ts(0) * 3, 1.0)
