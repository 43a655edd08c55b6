"""SCTP packets that would take their parser for ever are refused before."""

from __future__ import annotations

import struct

import pytest
from aiortc import rtcsctptransport as sctp
from hypothesis import given
from hypothesis import strategies as st

from gradio_webrtc.transports.sctp_checks import check_packet


def packet(kind: int, body: bytes) -> bytes:
    return bytes(12) + struct.pack("!BBH", kind, 0, len(body) + 4) + body


@pytest.mark.parametrize("kind", [1, 2, 4, 5, 6, 9, 130])
@pytest.mark.parametrize("length", range(4))
def test_parameters_shorter_than_their_header(kind: int, length: int) -> None:
    first = struct.pack("!HH", 7, 4)
    parameters = first + struct.pack("!HH", 7, length)
    body = bytes(16) + parameters if kind in (1, 2) else parameters
    with pytest.raises(ValueError, match="parameter is shorter"):
        check_packet(packet(kind, body))


def test_acknowledgements_of_everything() -> None:
    gaps = struct.pack("!HH", 1, 65535)
    with pytest.raises(ValueError, match="too many"):
        check_packet(packet(3, struct.pack("!LLHH", 1, 1, 1, 0) + gaps))


def test_what_an_honest_peer_sends_passes() -> None:
    sack = sctp.SackChunk()
    sack.cumulative_tsn, sack.advertised_rwnd = 5, 1000
    sack.gaps, sack.duplicates = [(2, 900)], [3]
    init = sctp.InitChunk()
    init.initiate_tag = init.advertised_rwnd = init.initial_tsn = 1
    init.outbound_streams = init.inbound_streams = 1
    init.params = [(0x8008, b"\x82\xc0"), (0xC000, b"")]
    data = sctp.DataChunk()
    data.tsn, data.user_data = 1, b"hello"
    for chunk in (sack, init, data):
        check_packet(sctp.serialize_packet(5000, 5000, 1, chunk))


@given(st.binary(max_size=120))
def test_any_bytes_are_checked_or_refused(data: bytes) -> None:
    try:
        check_packet(data)
    except ValueError as error:
        assert "SCTP" in str(error)  # noqa: PT017 - both outcomes are right
