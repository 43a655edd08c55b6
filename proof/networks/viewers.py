"""What viewers of one shared source get when the network of one of them is narrow.

Two connections of a page watch the same, each through a network of its own. The first is alone
until it has all bits there are; then the other one comes. Both report as browsers do.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from bench.environment import make_peer
from bench.servers.here import NARROW
from proof.networks.calls import Call, Statistics, every, percent_lost, running, shown_a_second
from proof.networks.page import longest_gap
from proof.parts import Finding
from tests.support.network_model import Network
from tests.support.udp_proxy import BadNetwork

RATES = (400_000, 1_000_000)
"""Bits a second of the narrow network: a third of what is made, and five sixths of it."""
GOOD = Network(delay=0.02)
ALONE = 35.0
"""Seconds until an estimate that begins with little has reached what is made, and some more."""
SETTLING = 8.0
SECONDS = 40.0
WINDOW = 5
"""Seconds over which the lowest bitrate is looked for."""
HALF = 0.5
"""Of the bitrate that the good one had alone, and of its pictures, which the other one gets."""


def run() -> list[Finding]:
    """Return bitrates and pictures of both viewers at each rate."""
    return [finding for rate in RATES for finding in asyncio.run(_beside(rate))]


async def _beside(rate: int) -> list[Finding]:
    narrow = Network(delay=0.02, rate=rate)
    async with running([await make_peer("here")], [NARROW]) as (page, [server]):
        good = Call(page, "good", BadNetwork(GOOD), server)
        await good.connect(NARROW, {"watches": True})
        await asyncio.sleep(ALONE)
        alone = _kbits((await every(WINDOW + 1.0, {"good": good}))["good"])[-1]
        slow = Call(page, "slow", BadNetwork(narrow, seed=2), server)
        await slow.connect(NARROW, {"watches": True})
        start = time.time()
        found = await every(SETTLING + SECONDS, {"good": good, "slow": slow})
        end = time.time()
        beside = _kbits(found["good"])
        settled = [each for each in found["slow"] if each["at"] >= start + SETTLING]
        shown = await slow.shown()
        rates = [shown_a_second(await each.shown(), start + SETTLING, end) for each in (good, slow)]
    what = f"{rate / 1e6:g} Mbit/s beside one with room"
    return [
        Finding(
            f"kbit/s of the one with room: alone, then mean and least of {WINDOW} s, {what}",
            f"{alone:.0f}, {sum(beside) / len(beside):.0f}, {min(beside):.0f}",
            f"{HALF * alone:.0f}",
            min(beside) >= HALF * alone,
        ),
        Finding(
            f"frames/s shown to it and to the narrow one after {SETTLING:g} s, {what}",
            f"{rates[0]:.1f}, {rates[1]:.1f}",
            f"{HALF * rates[0]:.1f}",
            rates[1] >= HALF * rates[0],
        ),
        Finding(f"frames/s shown to the narrow one, by {WINDOW} s, {what}", _by(shown, start, end)),
        Finding(
            f"longest freeze of the narrow one after {SETTLING:g} s, {what}",
            f"{longest_gap(shown, start + SETTLING, end):.2f} s",
        ),
        Finding(
            f"kbit/s, and % of the packets lost, of the narrow one after {SETTLING:g} s, {what}",
            f"{_kbits(settled, len(settled) - 1)[-1]:.0f}, {percent_lost(settled):.1f}",
        ),
    ]


def _kbits(found: Sequence[Statistics], window: int = WINDOW) -> list[float]:
    """Return the bitrates of all spans of so many seconds."""
    octets = [(each["at"], each["inbound-rtp video"]["bytesReceived"]) for each in found]
    return [
        8 * (later - before) / (end - start) / 1000
        for (start, before), (end, later) in zip(octets, octets[window:], strict=False)
    ]


def _by(shown: Sequence[float], start: float, end: float) -> str:
    spans = range(int((end - start) // WINDOW))
    rates = [shown_a_second(shown, start + WINDOW * n, start + WINDOW * (n + 1)) for n in spans]
    return " ".join(f"{rate:.0f}" for rate in rates)
