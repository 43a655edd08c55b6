"""What Chromium makes up of sound that is sent back all the time, on a network that loses nothing.

It does so where a packet comes later than its jitter buffer waits, which it makes as short as 20 ms
on a calm line: whenever one of the processes between its microphone and its ears does not get a
processor. So bare aiortc is called by the same page at the same time: what both have at the same
moment is the machine's, and what this package has beyond that is its own.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence

from proof.networks.calls import Statistics, calling, every
from proof.networks.page import GOOD, RATE
from proof.parts import Finding

SECONDS = 60.0
SETTLING = 5.0
STEP = 0.25
MORE_MS = 60.0
"""What may be made up beyond bare aiortc's: three packets in a minute of 3000."""


def run(seconds: float = SECONDS) -> list[Finding]:
    """Return what is made up of an echo of this package, beside one of bare aiortc."""
    return asyncio.run(_beside(seconds))


def made_up(found: Sequence[Statistics]) -> list[float]:
    """Return the milliseconds that were made up in each step, silence apart."""
    totals = [
        each["concealedSamples"] - each["silentConcealedSamples"]
        for each in (one["inbound-rtp audio"] for one in found)
    ]
    return [1000 * (now - before) / RATE for before, now in itertools.pairwise(totals)]


async def _beside(seconds: float) -> list[Finding]:
    async with calling(("bare", "here"), "audio-echo", {"audio": True}, GOOD) as calls:
        await asyncio.sleep(SETTLING)
        found = await every(seconds, calls, STEP)
    bare, here = made_up(found["bare"]), made_up(found["here"])
    lost = found["here"][-1]["inbound-rtp audio"]["packetsLost"]
    both = sum(
        one
        for number, one in enumerate(here[: len(bare)])
        if one and any(bare[max(0, number - 1) : number + 2])
    )
    ours, theirs = sum(here), sum(bare)
    return [
        Finding(
            f"sound made up by Chromium of a steady echo in {seconds:.0f} s, clean network, beside "
            "bare aiortc's in the same page",
            f"{ours:.0f} ms ({both:.0f} of it at the same moments) beside {theirs:.0f}, "
            f"{lost:.0f} packets lost",
            f"{theirs + MORE_MS:.0f} ms",
            ours <= theirs + MORE_MS,
        )
    ]
