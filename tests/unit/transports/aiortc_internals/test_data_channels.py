"""What is kept of unfinished messages, and that what is refused counts as lost on the way."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSctpTransport
from aiortc import rtcsctptransport as wire

from gradio_webrtc.transports.aiortc_internals.data_channels import (
    Unfinished,
    intercept,
    unfinished,
)

FIRST, LAST = 2, 1
"""Flags of a data chunk: it begins or ends a message."""
ACKNOWLEDGED = 99
"""The number of the chunk before the first one of a test."""


class Association:
    """A real SCTP transport that has a peer, and what it would send to it."""

    def __init__(self, sctp: RTCSctpTransport) -> None:
        self.sctp = sctp
        self.sacks: list[wire.SackChunk] = []
        sctp._last_received_tsn = ACKNOWLEDGED
        sctp._remote_port = 5000
        sctp.transport._send_data = self._send_data

    async def receive(self, number: int, data: bytes, flags: int = 0, stream: int = 1) -> None:
        chunk = wire.DataChunk(flags=flags)
        chunk.tsn, chunk.stream_id, chunk.user_data = number, stream, data
        tag = self.sctp._local_verification_tag
        await self.sctp._handle_data(wire.serialize_packet(5000, 5000, tag, chunk))

    async def _send_data(self, data: bytes) -> None:
        chunks = wire.parse_packet(data)[3]
        self.sacks += [chunk for chunk in chunks if isinstance(chunk, wire.SackChunk)]


@pytest_asyncio.fixture
async def association() -> AsyncIterator[Association]:
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    pc.createDataChannel("control")
    assert pc.sctp is not None
    yield Association(pc.sctp)
    await pc.close()


async def test_pieces_bytes_gaps_and_streams_are_counted(association: Association) -> None:
    await association.receive(100, b"abc", FIRST)
    await association.receive(102, b"defg")
    await association.receive(104, b"h", FIRST, stream=7)
    assert unfinished(association.sctp) == Unfinished(size=8, fragments=3, gaps=2, streams=2)


async def test_a_finished_message_is_not_kept(association: Association) -> None:
    await association.receive(100, b"abc", FIRST)
    await association.receive(102, b"ghi", LAST)
    await association.receive(101, b"def")
    assert unfinished(association.sctp) == Unfinished(size=0, fragments=0, gaps=0, streams=1)


async def test_a_bound_on_fragments_holds_and_the_rest_is_not_acknowledged(
    association: Association,
) -> None:
    sctp, sizes = association.sctp, list[int]()

    def keeps(size: int) -> bool:
        sizes.append(size)
        return unfinished(sctp).fragments < 2

    intercept(sctp, lambda data: True, keeps)
    await association.receive(100, b"a", FIRST)
    for number in range(101, 105):
        await association.receive(number, b"bc")
    assert sizes == [1, 2, 2, 2, 2]
    assert unfinished(sctp) == Unfinished(size=3, fragments=2, gaps=0, streams=1)
    assert association.sacks[-1].cumulative_tsn == 101


async def test_a_piece_that_was_refused_is_read_when_it_is_sent_again(
    association: Association,
) -> None:
    answers = iter([True, False, True])
    intercept(association.sctp, lambda data: True, lambda size: next(answers))
    await association.receive(100, b"abc", FIRST)
    await association.receive(101, b"def", LAST)
    assert unfinished(association.sctp).fragments == 1
    await association.receive(101, b"def", LAST)
    assert unfinished(association.sctp).fragments == 0
    assert association.sacks[-1].cumulative_tsn == 101


async def test_a_packet_that_is_not_admitted_is_not_even_answered(
    association: Association,
) -> None:
    packets: list[bytes] = []

    def admits(data: bytes) -> bool:
        packets.append(data)
        return len(packets) > 1

    intercept(association.sctp, admits, lambda size: True)
    await association.receive(100, b"abc", FIRST)
    assert unfinished(association.sctp) == Unfinished(0, 0, 0, 0)
    assert association.sacks == []
    await association.receive(100, b"abc", FIRST)
    assert unfinished(association.sctp).size == 3
    assert packets[0].endswith(b"abc\0")
