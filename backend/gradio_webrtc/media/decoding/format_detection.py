"""Which format a chunk of encoded bytes is in, told by its first bytes; and whether it goes on.

The rule for chunks that are emitted one after the other: a chunk whose head is the beginning of a
file is a new file; any other chunk continues the stream that is playing, wherever it was cut.

===========  ===========================================================================
MP3          a file begins with ``ID3`` or with a frame that holds a ``Xing``, ``Info`` or
             ``VBRI`` tag
AAC (ADTS)   goes on always: it has no head
WAV          a file begins with ``RIFF`` or ``RF64``, and behind the length in its header
Ogg          a file begins with a page that begins a stream (its BOS flag is set)
MPEG-TS      a file begins with a table (PAT or SDT), unless its first time is close behind the
             last of the stream that is playing, as in the segments of one recording
all others   every chunk is a whole file (MP4, M4A, WebM, FLAC, ...)
===========  ===========================================================================

Sources: ISO/IEC 11172-3 and 14496-3 (frame headers), RFC 3533 (Ogg), ISO/IEC 13818-1 (MPEG-TS).
"""

from __future__ import annotations

from typing import Literal

StreamFormat = Literal["mp3", "adts", "wav", "ogg", "mpegts"]
"""Formats that may come in slices. ``None`` in their place is a file that comes whole."""

TS_PACKET = 188
MARK_BYTES = 16
"""No mark is longer. A first slice that is shorter is joined with the next before it is judged."""
CONTINUES_WITHIN_S = 1.0
"""MPEG-TS whose time moves on by less than this is the same recording."""

_TS_CLOCK = 90_000
_TABLES = (0x0000, 0x0011)
"""PAT and SDT, one of which begins what a multiplexer writes."""

_MARKS = (
    b"RIFF",
    b"RF64",
    b"OggS",
    b"fLaC",
    b"ID3",
    b"\x1aE\xdf\xa3",
    b"FORM",
    b"caff",
    b"#!AMR",
    b"FLV",
)


def is_new_file(head: bytes) -> bool:
    """Whether ``head`` begins with the mark of some format that has one at its beginning."""
    return head.startswith(_MARKS) or head[4:8] == b"ftyp"


def is_too_short(head: bytes) -> bool:
    """Whether it takes more than the slice ``head`` to tell its format."""
    return len(head) < MARK_BYTES or (head[0] == 0x47 and len(head) < 3 * TS_PACKET)


def sniff(head: bytes) -> StreamFormat | None:
    """Return the format of a chunk that begins with ``head``, ``None`` if it is not a stream's."""
    if head.startswith(b"ID3"):
        return _behind_tag(head)
    if head.startswith(b"OggS"):
        return "ogg"
    if head.startswith((b"RIFF", b"RF64")):
        return "wav" if head[8:12] == b"WAVE" else None
    if is_new_file(head):
        return None
    if len(head) >= 4 and head[0] == 0xFF:
        if head[1] & 0xF6 == 0xF0 and head[2] >> 2 & 0x0F < 13:
            return "adts"
        if is_mp3_header(head):
            return "mp3"
    return "mpegts" if _ts_offset(head) is not None else None


def begins_file(playing: StreamFormat, head: bytes, last_time: float | None = None) -> bool:
    """Whether a chunk with ``head`` is a new file, and does not continue what is ``playing``.

    Args:
        playing: the format of the stream before it.
        head: its first bytes; 64 KiB of MPEG-TS, 600 of anything else.
        last_time: the last time seen in an MPEG-TS stream, in seconds.
    """
    if playing == "wav":  # samples may look like anything short
        return head[:4] in (b"RIFF", b"RF64", b"OggS", b"fLaC") or head[4:8] == b"ftyp"
    if playing == "ogg" and head.startswith(b"OggS"):
        return len(head) > 5 and bool(head[5] & 2)
    if is_new_file(head):
        return True
    if playing == "mp3":
        return is_mp3_header(head) and is_mp3_tag(head)
    if playing == "mpegts" and _ts_offset(head) == 0:
        pid = (head[1] & 0x1F) << 8 | head[2]
        return pid in _TABLES and not _goes_on(head, last_time)
    return False


def is_mp3_header(head: bytes) -> bool:
    """Whether ``head`` begins with a valid header of an MPEG audio layer III frame."""
    return (
        len(head) >= 4
        and head[0] == 0xFF
        and head[1] & 0xE6 == 0xE2
        and head[1] & 0x18 != 0x08
        and head[2] & 0xF0 not in (0x00, 0xF0)
        and head[2] & 0x0C != 0x0C
    )


def is_mp3_tag(frame: bytes) -> bool:
    """Whether an MP3 frame carries a tag about the file in place of audio."""
    return mp3_tag_offset(frame) is not None or frame[36:40] == b"VBRI"


def mp3_tag_offset(frame: bytes) -> int | None:
    """Return where in an MP3 frame its ``Xing`` or ``Info`` tag is, behind the side information."""
    mono = frame[3] >> 6 == 3
    first_version = frame[1] & 0x18 == 0x18
    offset = 4 + ((17 if mono else 32) if first_version else (9 if mono else 17))
    return offset if frame[offset : offset + 4] in (b"Xing", b"Info") else None


def id3_size(head: bytes) -> int:
    """Return the length of the ID3v2 tag that ``head``, ten bytes or more, begins with, or 0."""
    if not head.startswith(b"ID3"):
        return 0
    size = 0
    for byte in head[6:10]:
        size = size << 7 | byte & 0x7F
    return 10 + size + (10 if head[5] & 0x10 else 0)


def _behind_tag(head: bytes) -> StreamFormat | None:
    rest = head[id3_size(head) :]
    if rest.startswith(b"fLaC"):
        return None
    return "adts" if len(rest) > 1 and rest[0] == 0xFF and rest[1] & 0xF6 == 0xF0 else "mp3"


def _ts_offset(head: bytes) -> int | None:
    """Return where the first whole MPEG-TS packet begins, if three of them follow each other."""
    for offset in range(min(TS_PACKET, len(head) - 2 * TS_PACKET)):
        if all(head[offset + step * TS_PACKET] == 0x47 for step in range(3)):
            return offset
    return None


def _goes_on(head: bytes, last_time: float | None) -> bool:
    first = _first_ts_time(head)
    if first is None or last_time is None:
        return last_time is not None
    return -CONTINUES_WITHIN_S / 4 <= first - last_time <= CONTINUES_WITHIN_S


def _first_ts_time(head: bytes) -> float | None:
    """Return the earliest presentation time among the PES headers of ``head``, in seconds."""
    times = []
    for start in range(0, len(head) - TS_PACKET + 1, TS_PACKET):
        packet = head[start : start + TS_PACKET]
        if packet[0] != 0x47 or not packet[1] & 0x40:
            continue
        body = packet[4 + (1 + packet[4] if packet[3] & 0x20 else 0) :]
        if body[:3] == b"\0\0\1" and len(body) >= 14 and body[7] & 0x80:
            p = body[9:14]
            ticks = (p[0] & 0x0E) << 29 | p[1] << 22 | (p[2] & 0xFE) << 14 | p[3] << 7 | p[4] >> 1
            times.append(ticks / _TS_CLOCK)
    return min(times, default=None)
