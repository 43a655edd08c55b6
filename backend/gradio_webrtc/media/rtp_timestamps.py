"""Timestamps of RTP, which have 32 bits and wrap (RFC 3550, section 5.1)."""

from __future__ import annotations


def difference(timestamp: int, before: int) -> int:
    """Return the signed distance of two timestamps, in their clock's ticks."""
    return (timestamp - before + 0x80000000) % 0x100000000 - 0x80000000
