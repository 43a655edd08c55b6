"""What a client may send in a datagram, for Hypothesis: headers that nearly are right."""

from __future__ import annotations

import json
import struct

from hypothesis import strategies as st

MAX_DATAGRAM = 65_507
"""Bytes a UDP datagram can carry over IPv4."""

EXTENSION_URIS = (
    "urn:ietf:params:rtp-hdrext:sdes:mid",
    "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id",
    "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
    "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
    "urn:ietf:params:rtp-hdrext:toffset",
    "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
)
"""The RTP header extensions that aiortc reads, negotiated here as the numbers from 1 on."""

_ONE_BYTE, _TWO_BYTE = 0xBEDE, 0x1000

_bytes = st.binary(max_size=40)
_octet = st.integers(0, 255)
_word = st.integers(0, 0xFFFF)
_times = st.sampled_from([1, 1, 2, 3, 20, 300, 4_000, 30_000])


def _much(unit: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    """Return strings of a few units, each of which is repeated up to thousands of times."""
    part = st.builds(_repeated, unit, _times)
    return st.lists(part, max_size=4).map(lambda parts: b"".join(parts)[:MAX_DATAGRAM])


def _repeated(piece: bytes, times: int) -> bytes:
    return piece * min(times, MAX_DATAGRAM // max(1, len(piece)))


def _one_byte(number: int, claimed: int, value: bytes) -> bytes:
    return bytes([number << 4 | claimed]) + value


def _two_bytes(number: int, claimed: int, value: bytes) -> bytes:
    return bytes([number, claimed]) + value


def _honest(number: int, value: bytes) -> bytes:
    return bytes([number << 4 | len(value) - 1]) + value


_elements = st.one_of(
    st.builds(_honest, st.integers(0, 15), st.binary(min_size=1, max_size=16)),
    st.builds(_one_byte, st.integers(0, 15), st.integers(0, 15), _bytes),
    st.builds(_two_bytes, _octet, _octet, _bytes),
    st.just(b"\0"),
)


def _rtp(
    flags: int, sources: bytes, profile: int, extension: bytes, more: int, end: bytes
) -> bytes:
    count = len(sources) // 4 & 15
    header = struct.pack("!BBHLL", 0x80 | flags << 4 & 0x30 | count, 96, 1, 2, 3)
    if not flags & 1:
        return (header + sources[: 4 * count] + end)[:MAX_DATAGRAM]
    extension += bytes(-len(extension) % 4)
    words = min(0xFFFF, max(0, len(extension) // 4 + more))
    return (header + sources[: 4 * count] + struct.pack("!HH", profile, words) + extension + end)[
        :MAX_DATAGRAM
    ]


RTP = st.builds(
    _rtp,
    st.integers(0, 3),
    st.binary(max_size=64),
    st.sampled_from([_ONE_BYTE, _TWO_BYTE, 0x1001, 0]),
    _much(_elements),
    st.sampled_from([0, 0, 0, -1, 1, 60_000]),
    _bytes,
)
"""RTP packets whose header extensions lie about their lengths, or come by the ten thousand."""


def _rtcp(count: int, kind: int, body: bytes, more: int) -> bytes:
    body += bytes(-len(body) % 4)
    words = min(0xFFFF, max(0, len(body) // 4 + more))
    return struct.pack("!BBH", 0x80 | count, kind, words) + body


RTCP = _much(
    st.builds(
        _rtcp,
        st.integers(0, 63),
        st.integers(200, 207),
        st.one_of(_bytes, _much(st.binary(min_size=1, max_size=8))),
        st.sampled_from([0, 0, 0, -1, 1]),
    )
)
"""Reports of every kind, one after the other, and long lists of lost packets."""

VP8 = st.one_of(
    st.builds(
        lambda first, second, rest, data: bytes([first, second]) + rest + data,
        _octet,
        _octet,
        st.binary(max_size=5),
        _much(st.one_of(_bytes, st.just(b"\x9d\x01\x2a"))),
    ),
    st.binary(max_size=12),
)
"""Payload descriptors with each of their extensions, whole and cut short."""


def _aggregated(unit: bytes, more: int) -> bytes:
    return struct.pack("!H", max(0, len(unit) + more)) + unit


_unit = st.builds(
    lambda head, body: bytes([head]) + body,
    st.sampled_from([0x67, 0x68, 0x65, 0x41, 0x06, 0x7C, 0x78, 0x00]),
    st.one_of(_bytes, st.just(b"\0\0\1\x67\x64\0\0"), st.just(b"\0\0\3"), st.just(b"\xff" * 20)),
)

H264 = st.one_of(
    _much(_unit),
    st.builds(
        lambda head, units: (bytes([head]) + units)[:MAX_DATAGRAM],
        st.sampled_from([0x18, 0x78]),
        _much(
            st.builds(_aggregated, st.one_of(_unit, st.just(b"")), st.sampled_from([0, 0, 0, 1]))
        ),
    ),
    st.builds(
        lambda head, kind, rest: bytes([head, kind]) + rest,
        st.sampled_from([0x1C, 0x7C]),
        _octet,
        _much(_unit),
    ),
    st.binary(max_size=12),
)
"""NAL units alone, together and in fragments; start codes and parameter sets inside of them."""


def _chunk(kind: int, flags: int, body: bytes, more: int) -> bytes:
    length = max(0, min(0xFFFF, len(body) + 4 + more))
    return struct.pack("!BBH", kind, flags, length) + body + bytes(-len(body) % 4)


SCTP = st.builds(
    lambda head, chunks: (head + chunks)[:MAX_DATAGRAM],
    st.binary(min_size=12, max_size=12),
    _much(
        st.builds(
            _chunk,
            st.sampled_from([*range(12), 14, 130, 192]),
            st.integers(0, 7),
            st.one_of(_bytes, _much(st.binary(min_size=1, max_size=8))),
            st.sampled_from([0, 0, 0, -1, 1, 4]),
        )
    ),
)
"""Packets of data channels. Their checksums are put right where they are parsed."""

FLOW = st.lists(
    st.tuples(
        st.sampled_from([1, 1, 1, 1, 2, 3, 17, 250, 2_999, 3_001, -1, -2, -60, 40_000]),
        st.sampled_from([0, 0, 1, 3_000, 90_000, 0x7FFFFFFF, -3_000]),
        st.integers(0, 7),
        st.sampled_from([1, 1, 5, 30, 100]),
    ),
    min_size=1,
    max_size=6,
)
"""How sequence number and timestamp of packets go on, their flags, and how often that repeats."""

_json = st.recursive(
    st.none()
    | st.booleans()
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | st.sampled_from(["media", "start", "mark", "dtmf", "ping", "9" * 300, "A" * 4_000, "AAA="]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["event", "type", "data", "media", "payload", "start", "streamSid", "mark", "name"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)

TEXTS = st.one_of(
    _json.map(json.dumps),
    st.builds(
        lambda opening, times, value: opening * times + value,
        st.sampled_from(['{"type":', "[", '{"event":"media","media":', '"\\u00e9', "9", " "]),
        st.sampled_from([1, 900, 20_000]),
        st.sampled_from(["", "1", "}", '"']),
    ),
    st.builds(
        lambda kind, size: json.dumps({"event": "media", "type": kind, "media": {"payload": size}}),
        st.sampled_from(["ping", "send_input", "playout"]),
        st.sampled_from(["", "A" * 100, "A" * 20_000, "A" * 60_000, "/" * 60_001, "é" * 9_000]),
    ),
)
"""JSON that is nearly a message, nests deeply, or is long."""
