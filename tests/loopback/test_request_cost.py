"""What the dearest requests that ``python -m proof offer_cost`` found cost the event loop.

Everything until the answer counts: JSON, SDP, certificate, negotiation, sockets, the answer.
"""

from __future__ import annotations

import pytest

from proof.odd_bodies import BODIES
from proof.offer_cost import MAX_MB, MAX_MS
from proof.offer_seeds import SEEDS
from proof.signal_cost import Ending, measure, measure_body


@pytest.mark.parametrize("number", range(len(SEEDS)))
async def test_no_offer_costs_the_event_loop_fifty_milliseconds(number: int) -> None:
    first, second = await measure(SEEDS[number]), await measure(SEEDS[number])
    assert Ending.FAILED not in (first.ending, second.ending)
    assert min(first.ms, second.ms) < MAX_MS
    assert max(first.mb, second.mb) < MAX_MB


@pytest.mark.parametrize("name", BODIES)
async def test_no_other_request_does_either(name: str) -> None:
    first, second = await measure_body(BODIES[name]), await measure_body(BODIES[name])
    assert first.ending is second.ending is Ending.REFUSED
    assert min(first.ms, second.ms) < MAX_MS
    assert max(first.mb, second.mb) < MAX_MB
