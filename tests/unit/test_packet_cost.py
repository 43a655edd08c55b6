"""What a connected client may send costs little time and memory, and is read or refused.

``python -m proof packet_cost`` searches with the same packets for minutes.
"""

from __future__ import annotations

import time

import pytest
from hypothesis import strategies as st

from proof.packet_cost import MAX_MB, Worst, measure, search
from proof.packet_readers import READERS, Reader

EXAMPLES, FLOWS = 12, 3


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_no_packet_costs_much(reader: Reader) -> None:
    worst = Worst()
    search(reader, worst, FLOWS if reader.flow else EXAMPLES, seed=1)
    assert worst.tried >= FLOWS
    assert worst.raised == ""
    assert worst.slow.ms <= reader.max_ms
    assert worst.large.mb <= MAX_MB


def test_a_search_tells_what_is_expensive_and_what_is_raised() -> None:
    """That the search finds anything at all."""

    def read(packet: bytes) -> None:
        if len(packet) > 1000:
            until = time.thread_time() + 0.001
            while time.thread_time() < until:
                pass
            raise KeyError("too long")
        bytes(100_000)

    worst = Worst()
    slow = Reader("slow", st.sampled_from([b"short", b"long" * 500]), read, max_ms=0.5)
    search(slow, worst, EXAMPLES, seed=1)
    assert worst.slow.size > 1000
    assert worst.slow.ms > slow.max_ms
    assert worst.raised == "KeyError: 'too long'"
    assert worst.large.mb >= 0.1


def test_a_refusal_is_no_failure() -> None:
    worst = Worst()
    vp8 = next(reader for reader in READERS if reader.name == "VP8 payloads")
    measure(vp8, b"", worst)
    assert worst.raised == ""
