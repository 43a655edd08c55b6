"""RTP's timestamps and sequence numbers, of 32 and 16 bits, which wrap (RFC 3550, section 5.1)."""

from __future__ import annotations


def timestamp_distance(timestamp: int, before: int) -> int:
    """Return the signed distance of two timestamps, in their clock's ticks."""
    return (timestamp - before + 0x80000000) % 0x100000000 - 0x80000000


def extended_sequence_distance(number: int, before: int) -> int:
    """Return how many packets a number of 32 bits, cycles included, is ahead of another."""
    return timestamp_distance(number, before)


def sequence_distance(number: int, before: int) -> int:
    """Return how many packets a sequence number is ahead of another, which may be unwrapped."""
    return (number - before + 0x8000) % 0x10000 - 0x8000
