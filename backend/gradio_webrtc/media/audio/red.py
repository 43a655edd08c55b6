"""Audio packets that carry copies of those before them (RED, RFC 2198). Pure.

Other than Opus' own copies (in-band FEC) these are as good as what was lost, reach further back
than one packet, and cost the encoder nothing; they cost bits.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

MOST_COPIES = 2
"""What is sent again at most: 40 ms."""
MOST_BLOCKS = 8
"""Copies that are read of one packet; Chromium sends one or two, and can be told to send nine."""

_MOST_OFFSET = (1 << 14) - 1
_MOST_LENGTH = (1 << 10) - 1


@dataclass(frozen=True)
class Block:
    """A part of a packet.

    Attributes:
        offset: how much earlier than the packet's own timestamp it belongs.
        payload: the encoded audio.
    """

    offset: int
    payload: bytes


class RedPacker:
    """Adds to each payload copies of the ones before it. Not thread-safe.

    Args:
        payload_type: of what is carried, on the wire.
    """

    def __init__(self, payload_type: int) -> None:
        self._payload_type = payload_type
        self._before: deque[tuple[int, bytes]] = deque(maxlen=MOST_COPIES)

    def pack(self, payload: bytes, timestamp: int, copies: int) -> bytes | None:
        """Return ``payload`` behind up to ``copies`` of those before it.

        Args:
            payload: the next 20 ms.
            timestamp: where it belongs, in samples; only grows.
            copies: how many are wanted, at most ``MOST_COPIES``.

        Returns:
            ``None`` when there is nothing to repeat, such as after a silence: ``payload`` is then
            sent as it is.
        """
        wanted = list(self._before)[-copies:] if copies else []
        blocks = [
            Block(timestamp - then, earlier)
            for then, earlier in wanted
            if 0 < timestamp - then <= _MOST_OFFSET and len(earlier) <= _MOST_LENGTH
        ]
        self._before.append((timestamp, payload))
        if not blocks:
            return None
        heads = b"".join(
            ((0x80 | self._payload_type) << 24 | block.offset << 10 | len(block.payload)).to_bytes(
                4, "big"
            )
            for block in blocks
        )
        copied = b"".join(block.payload for block in blocks)
        return heads + bytes([self._payload_type]) + copied + payload


def unpack(data: bytes) -> list[Block]:
    """Return what a packet carries, the oldest first; the last one is its own, at offset 0.

    Raises:
        ValueError: it is cut short, or has more copies than anybody sends.
    """
    heads: list[tuple[int, int]] = []
    at = 0
    while at < len(data) and data[at] & 0x80:
        if len(heads) >= MOST_BLOCKS or at + 4 > len(data):
            raise ValueError(f"the heads of {len(data)} bytes do not end")
        head = int.from_bytes(data[at : at + 4], "big")
        heads.append((head >> 10 & _MOST_OFFSET, head & _MOST_LENGTH))
        at += 4
    at += 1
    if at + sum(length for _, length in heads) >= len(data):
        raise ValueError(f"{len(data)} bytes are too few")
    blocks = []
    for offset, length in heads:
        blocks.append(Block(offset, data[at : at + length]))
        at += length
    return [*blocks, Block(0, data[at:])]
