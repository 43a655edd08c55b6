"""A page in Chromium that calls several servers at once, each through a bad network of its own.

The servers are processes: this package and bare aiortc, as in the benchmark. The page has none of
this package, so that all of them are asked the same.
"""

from __future__ import annotations

import asyncio
import base64
import time
import uuid
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray
from playwright.async_api import Page, async_playwright

from bench.environment import make_peer
from bench.http_json import request_json
from bench.process import Peer, Server
from proof.networks.scripts import in_page
from tests.browser.conftest import NOWHERE
from tests.support.chromium import FLAGS, find_chromium
from tests.support.network_model import Network
from tests.support.udp_proxy import BadNetwork

SCRIPT = in_page("calls.js")
PLAYS = "--autoplay-policy=no-user-gesture-required"

Statistics = dict[str, Any]


class Call:
    """One connection of the page.

    Attributes:
        network: between the page and the server; may be made worse at any time.
        server: the process, for its use of CPU.
    """

    def __init__(self, page: Page, name: str, network: BadNetwork, server: Server) -> None:
        self.network = network
        self.server = server
        self._page = page
        self._name = name

    async def connect(
        self, handler: str, media: Mapping[str, Any], edit: Callable[[str], str] = str
    ) -> None:
        """Offer, take the answer, and wait until it is connected.

        Args:
            handler: of the server.
            media: what is sent: ``audio`` and ``video``; with ``keeps``, what is heard is kept, and
                with ``watches`` video is only received.
            edit: what the server is told in place of the offer's SDP.
        """

        async def signal(body: dict[str, Any]) -> dict[str, Any]:
            path = f"/{handler}/webrtc/offer"
            answer = await request_json(self.server.port, "POST", path, body)
            if "sdp" not in answer:
                raise self.server.failure(f"refused: {answer}")
            return {**answer, "type": "answer"}

        offer = await self._page.evaluate("([n, m]) => calls.open(n, m)", [self._name, media])
        answer = await self.network.between(signal)(
            {"type": "offer", "sdp": edit(offer["sdp"]), "webrtc_id": uuid.uuid4().hex}
        )
        both = [self._name, {"type": "answer", "sdp": answer["sdp"]}]
        await asyncio.wait_for(self._page.evaluate("([n, a]) => calls.accept(n, a)", both), 20)

    async def statistics(self) -> Statistics:
        """Return what ``getStats()`` says, by type and kind, as in ``"inbound-rtp audio"``."""
        found: Statistics = await self._page.evaluate("(n) => calls.statistics(n)", self._name)
        return found

    async def shown(self) -> list[float]:
        """Return when the page got each picture, in seconds since 1970."""
        times: list[float] = await self._page.evaluate("(n) => calls.shown(n)", self._name)
        return times

    async def sound(self) -> NDArray[np.int16]:
        """Return what was heard and kept, mono at 48 kHz."""
        data = base64.b64decode(await self._page.evaluate("(n) => calls.sound(n)", self._name))
        samples: NDArray[np.int16] = np.frombuffer(data, np.int16).copy()
        return samples


@asynccontextmanager
async def calling(
    peers: Sequence[str], handler: str, media: Mapping[str, Any], network: Network, seed: int = 1
) -> AsyncIterator[dict[str, Call]]:
    """Start the servers and a page, and connect it to each of them.

    Args:
        peers: of ``"bare"`` and ``"here"``.
        handler: which of the benchmark's handlers.
        media: what the page sends: ``audio`` (its microphone beeps) and ``video`` (width, height
            and rate of its pictures).
        network: each call's, both ways.
        seed: of the losses; the same for each call.
    """
    made = [await make_peer(name) for name in peers]
    async with running(made, [handler]) as (page, servers):
        calls = {
            server.peer.name: Call(page, server.peer.name, BadNetwork(network, seed=seed), server)
            for server in servers
        }
        for call in calls.values():
            await call.connect(handler, media)
        yield calls


@asynccontextmanager
async def running(
    peers: Sequence[Peer], handlers: Sequence[str]
) -> AsyncIterator[tuple[Page, list[Server]]]:
    """Start servers, and a page in Chromium that may use the microphone."""
    async with AsyncExitStack() as stack:
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(
            executable_path=find_chromium(), args=[*FLAGS, PLAYS, NOWHERE]
        )
        stack.push_async_callback(browser.close)
        servers = [Server(peer, handlers) for peer in peers]
        for server in servers:
            await server.start()
            stack.push_async_callback(server.stop)
        page = await browser.new_page()
        await page.context.grant_permissions(["microphone", "camera"])
        await page.goto(f"http://127.0.0.1:{servers[0].port}/bench/memory")
        await page.evaluate(SCRIPT)
        yield page, servers


async def every(
    seconds: float, calls: Mapping[str, Call], step: float = 1.0
) -> dict[str, list[Statistics]]:
    """Return the statistics of each call, taken every ``step`` seconds."""
    found: dict[str, list[Statistics]] = {name: [] for name in calls}
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for name, call in calls.items():
            found[name].append(await call.statistics())
        await asyncio.sleep(step)
    return found


def percent_lost(found: Sequence[Statistics]) -> float:
    """Return which part of the packets of video was lost on its way to the page."""
    first, last = (each["inbound-rtp video"] for each in (found[0], found[-1]))
    came, lost = (float(last[key] - first[key]) for key in ("packetsReceived", "packetsLost"))
    return 100 * lost / max(1.0, came + lost)


def shown_a_second(shown: Sequence[float], start: float, end: float) -> float:
    """Return how many pictures a second were shown between two moments."""
    return sum(start < at < end for at in shown) / (end - start)
