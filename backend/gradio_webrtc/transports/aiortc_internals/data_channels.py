"""What an SCTP transport is given to read, and what it keeps of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from aiortc import RTCSctpTransport
from aiortc.rtcsctptransport import DataChunk

WINDOW = 1024 * 1024
"""aiortc's receive window when nothing is unfinished (``RTCSctpTransport._advertised_rwnd``)."""


@dataclass(frozen=True)
class Unfinished:
    """What is kept of messages whose rest is missing.

    Attributes:
        size: bytes.
        fragments: pieces of messages.
        gaps: packets that came ahead of one that is missing.
        streams: streams that were ever used.
    """

    size: int
    fragments: int
    gaps: int
    streams: int


def unfinished(sctp: RTCSctpTransport) -> Unfinished:
    """Return what ``sctp`` keeps now."""
    streams = sctp._inbound_streams
    return Unfinished(
        WINDOW - sctp._advertised_rwnd,
        sum(len(stream.reassembly) for stream in streams.values()),
        len(sctp._sack_misordered),
        len(streams),
    )


def intercept(
    sctp: RTCSctpTransport, admits: Callable[[bytes], bool], keeps: Callable[[int], bool]
) -> None:
    """Stand before ``sctp``, which announces a window and holds nobody to it.

    Args:
        sctp: one that has not started.
        admits: whether a packet is read; else it counts as lost on the way.
        keeps: whether a piece of a message of so many bytes is; else it counts as lost too.
    """
    handle, receive = sctp._handle_data, sctp._receive_data_chunk

    async def handle_data(data: bytes) -> None:
        if admits(data):
            await handle(data)

    async def receive_data_chunk(chunk: DataChunk) -> None:
        if keeps(len(chunk.user_data)):
            await receive(chunk)

    sctp._handle_data = handle_data  # type: ignore[method-assign]
    sctp._receive_data_chunk = receive_data_chunk  # type: ignore[method-assign]
