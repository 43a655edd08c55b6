"""A bad network between a client and the server, for any client: a relay of UDP in this process.

Offers and answers are rewritten on their way, so that each side knows one address of the other:
a socket of the relay. What comes in there goes on from the relay's other socket when
``network_model`` says so.
"""

from __future__ import annotations

import asyncio
import functools
import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from gradio_webrtc.server.stream_host import StreamHost
from tests.support.coturn import own_address
from tests.support.network_model import Link, Network

Address = tuple[str, int]
Signal = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]

_CANDIDATE = re.compile(r"a=candidate:\S+ 1 udp \d+ ([0-9.]+) (\d+) typ host.*", re.IGNORECASE)


class _Side(asyncio.DatagramProtocol):
    """One socket of a relay; ``received`` gets what comes in there."""

    def __init__(self, received: Callable[[bytes, Address], None]) -> None:
        self._received = received
        self.transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: Address) -> None:
        self._received(data, addr)

    @property
    def address(self) -> Address:
        host, port = self.transport.get_extra_info("sockname")[:2]
        return host, port

    def send(self, data: bytes, to: Address) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self.transport.sendto(data, to)

    def close(self) -> None:
        if self.transport is not None:
            self.transport.close()


class UdpRelay:
    """One path between a client and a server.

    Attributes:
        server: where the server is, once its answer said so.
    """

    def __init__(self, up: Link, down: Link) -> None:
        self.server: Address | None = None
        self._client: Address | None = None
        self._up, self._down = up, down
        self._to_client = _Side(self._from_client)
        self._to_server = _Side(self._from_server)

    async def open(self) -> None:
        """Open both sockets, on this machine's own address."""
        loop = asyncio.get_running_loop()
        for side in (self._to_client, self._to_server):
            make = functools.partial(_itself, side)
            await loop.create_datagram_endpoint(make, local_addr=(own_address(), 0))

    async def move(self) -> None:
        """Go on from another port towards the server, as a NAT does that has forgotten the first.

        What comes to the first one is lost.
        """
        before, self._to_server = self._to_server, _Side(self._from_server)
        make = functools.partial(_itself, self._to_server)
        await asyncio.get_running_loop().create_datagram_endpoint(
            make, local_addr=(own_address(), 0)
        )
        before.close()

    def offer(self, sdp: str) -> str:
        """Return a client's offer with the relay's address in place of the client's."""
        return _with_candidate(sdp, self._to_server.address)

    def answer(self, sdp: str) -> str:
        """Return the server's answer with the relay's address in place of the server's."""
        found = next(match for line in sdp.splitlines() if (match := _CANDIDATE.fullmatch(line)))
        self.server = found[1], int(found[2])
        return _with_candidate(sdp, self._to_client.address)

    def close(self) -> None:
        """Close both sockets."""
        self._to_client.close()
        self._to_server.close()

    def _from_client(self, data: bytes, client: Address) -> None:
        self._client = client
        if self.server is not None:
            _carry(data, self._up, self._to_server, self.server)

    def _from_server(self, data: bytes, _: Address) -> None:
        if self._client is not None:
            _carry(data, self._down, self._to_client, self._client)


class BadNetwork:
    """Every connection of clients whose signaling goes through :meth:`between`.

    Args:
        up: from the clients to the server.
        down: the other way; by default the same.

    Attributes:
        up, down: the two directions, shared by all connections.
        loop: the event loop of the relays, once there is a connection.
    """

    def __init__(self, up: Network, down: Network | None = None, seed: int = 1) -> None:
        self.up = Link(up, seed)
        self.down = Link(up if down is None else down, seed + 1)
        self.loop: asyncio.AbstractEventLoop | None = None
        self._relays: list[UdpRelay] = []

    @property
    def connections(self) -> int:
        """How many connections were asked for so far."""
        return len(self._relays)

    def cut(self, cut: bool, direction: str = "both") -> None:
        """Begin or end an outage."""
        if direction in ("to the server", "both"):
            self.up.cut = cut
        if direction in ("from the server", "both"):
            self.down.cut = cut

    async def move(self) -> None:
        """Let all connections so far come from another port; see ``UdpRelay.move``."""
        for relay in self._relays:
            await relay.move()

    def lose(self) -> None:
        """Let no packet of the connections so far through any more; new ones are not affected."""
        for relay in self._relays:
            relay.close()

    def between(self, signal: Signal) -> Signal:
        """Return ``signal`` with the network between the two sides that it brings together."""

        async def rewritten(body: dict[str, Any]) -> dict[str, Any]:
            if body.get("type") == "ice-candidate":
                return {"status": "success"}
            if body.get("type") != "offer":
                return await signal(body)
            relay = UdpRelay(self.up, self.down)
            await relay.open()
            self.loop = asyncio.get_running_loop()
            self._relays.append(relay)
            answer = await signal({**body, "sdp": relay.offer(body["sdp"])})
            if answer.get("type") == "answer":
                answer = {**answer, "sdp": relay.answer(answer["sdp"])}
            return answer

        return rewritten

    def apply(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Put the network between every server in this process and its clients, pages too."""
        whole = StreamHost.signal

        async def signal(host: StreamHost, body: Any, *more: Any, **options: Any) -> Any:
            async def pass_on(rewritten: dict[str, Any]) -> Any:
                return await whole(host, rewritten, *more, **options)

            return await self.between(pass_on)(body)

        monkeypatch.setattr(StreamHost, "signal", signal)

    def close(self) -> None:
        """Close all sockets; on the event loop that they are of."""
        self.lose()


def _itself(side: _Side) -> _Side:
    return side


def _carry(data: bytes, link: Link, side: _Side, to: Address) -> None:
    loop = asyncio.get_running_loop()
    now = loop.time()
    for at in link.arrivals(len(data), now):
        if at <= now:
            side.send(data, to)
        else:
            loop.call_at(at, side.send, data, to)


def _with_candidate(sdp: str, address: Address) -> str:
    """Return ``sdp`` with one candidate, in the section with which the others are bundled."""
    ours = f"a=candidate:1 1 udp 2130706431 {address[0]} {address[1]} typ host"
    lines, sections = [], 0
    for line in sdp.splitlines():
        if line.startswith(("a=candidate:", "a=end-of-candidates")):
            continue
        lines.append(line)
        if line.startswith("m="):
            sections += 1
        elif line.startswith("c=") and sections == 1:
            lines.append(ours)
    return "\r\n".join(lines) + "\r\n"
