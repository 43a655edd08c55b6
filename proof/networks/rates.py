"""What becomes of video on a network that carries so much a second and no more, both ways.

A page's pictures come back from this package and from bare aiortc, at the same time, each through a
network of its own. All that is sent follows the receiver's estimate (REMB), which goes by how much
later packets come; what of it the server sends goes by reported losses as well.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Sequence
from typing import Any

from proof.networks.calls import (
    Call,
    Statistics,
    calling,
    every,
    percent_lost,
    shown_a_second,
)
from proof.networks.page import longest_gap
from proof.parts import Finding
from tests.support.network_model import Network

RATES = (300_000, 800_000, 2_000_000)
SETTLING = 12.0
SECONDS = 25.0
MOST = 1.0
"""Seconds for which a picture may stand still."""
MEDIA: dict[str, Any] = {"video": {"width": 640, "height": 360, "rate": 20}}


def run() -> list[Finding]:
    """Return the bitrates, freezes and delays of both servers at each rate."""
    return [finding for rate in RATES for finding in asyncio.run(_at(rate))]


async def _at(rate: int) -> list[Finding]:
    network = Network(delay=0.02, rate=rate)
    async with calling(("bare", "here"), "video-instant", MEDIA, network) as calls:
        await asyncio.sleep(SETTLING)
        start = time.time()
        found = await every(SECONDS, calls)
        end = time.time()
        bare, here = [
            await _told(calls[name], found[name], start, end) for name in ("bare", "here")
        ]
    what = f"{rate / 1e6:g} Mbit/s each way"
    return [
        Finding(
            f"longest freeze, {what}, beside bare aiortc",
            f"{here['freeze']:.2f} s beside {bare['freeze']:.2f}",
            f"{MOST:g} s",
            here["freeze"] <= MOST,
        ),
        *(
            Finding(
                f"{row}, {what}, beside bare aiortc",
                f"{here[row]:.{digits}f} beside {bare[row]:.{digits}f}",
            )
            for row, digits in (
                ("kbit/s to the server", 0),
                ("kbit/s to the page", 0),
                ("frames/s shown", 1),
                ("ms there and back by STUN, median", 0),
                ("% of the packets to the page lost", 1),
            )
        ),
    ]


async def _told(
    call: Call, found: Sequence[Statistics], start: float, end: float
) -> dict[str, float]:
    """Return the figures of one call between two moments."""
    shown = await call.shown()
    first, last = found[0], found[-1]
    seconds = last["at"] - first["at"]

    def more(kind: str, key: str) -> float:
        return float(last[kind][key] - first[kind][key])

    trips = [each["pair"].get("currentRoundTripTime", 0.0) for each in found if "pair" in each]
    return {
        "freeze": longest_gap(shown, start, end),
        "kbit/s to the server": more("outbound-rtp video", "bytesSent") * 8 / seconds / 1000,
        "kbit/s to the page": more("inbound-rtp video", "bytesReceived") * 8 / seconds / 1000,
        "frames/s shown": shown_a_second(shown, start, end),
        "ms there and back by STUN, median": 1000 * statistics.median(trips or [0.0]),
        "% of the packets to the page lost": percent_lost(found),
    }
