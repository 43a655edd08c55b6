"""How soon received video goes on after outages of several lengths, in real peers on loopback."""

from __future__ import annotations

import asyncio

from gradio_webrtc import Stream
from proof.parts import Finding
from tests.support.outage import DetailedTrack, Outage, seconds_until_video, steady
from tests.support.serving import Served
from tests.support.sessions import until

OUTAGES = (3.0, 8.0, 15.0)
BOUND = 1.0
"""Seconds from the network's return to the next picture."""


def run(seconds: float) -> list[Finding]:
    """Return one row for each outage; ``seconds`` does not matter, the outages have theirs."""
    del seconds
    return asyncio.run(_measure())


async def _measure() -> list[Finding]:
    findings = []
    for direction in ("to the server", "both"):
        for outage in OUTAGES:
            took = await _back_after(direction, outage)
            what = f"video after {outage:g} s without network, {direction}"
            findings.append(Finding(what, f"{took:.2f} s", f"{BOUND:g} s", took <= BOUND))
    return findings


async def _back_after(direction: str, outage: float) -> float:
    # A server that hears nothing for 15 s gives the client up; here it is to be heard again.
    async with Served(Stream(lambda frame: frame), silence=3600) as server:
        client = server.client(DetailedTrack())
        steady(client)
        await client.connect()
        await until(lambda: len(client.pictures) > 30)
        with Outage(client, direction):
            await asyncio.sleep(outage)
        return await seconds_until_video(client, 60.0)
