"""Where the server's ICE checks go: what leaves its sockets, with a real ICE agent."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import aioice.ice
import aioice.mdns
import pytest

from gradio_webrtc.transports.ice.ice_guard import MAX_CHECKED, MAX_CHECKED_PER_ADDRESS, MAX_SOURCES
from gradio_webrtc.transports.peer_transport import PeerTransport
from tests.support.client import without_candidates
from tests.support.echo_server import echo, heard
from tests.support.recognisable_tracks import SineTrack
from tests.support.sessions import until

MDNS = "6f2ac3a4-53ba-4d3d-9d0e-5c8a2b1f7e10.local"


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> Counter[tuple[str, int]]:
    """Return the addresses that get ICE checks, by number of packets; none of them leaves."""
    sent: Counter[tuple[str, int]] = Counter()

    def send(self: Any, message: Any, address: tuple[str, int]) -> None:
        sent[address] += 1

    monkeypatch.setattr(aioice.ice.StunProtocol, "send_stun", send)
    return sent


def line(address: str, port: int, number: int = 1) -> str:
    return f"candidate:{number} 1 udp {2**30 + number} {address} {port} typ host"


async def offer_with(server: Any, lines: list[str], trickle: bool) -> None:
    client = server.client(SineTrack())
    offer = without_candidates(await client.make_offer())
    if trickle:
        await client.offer(offer)
        for each in lines:
            await client.candidate({"candidate": each, "sdpMid": "0"})
    else:
        added = "".join(f"a={each}\r\n" for each in lines)
        await client.offer(offer.replace("a=mid:0\r\n", f"a=mid:0\r\n{added}"))


@pytest.mark.parametrize("trickle", [False, True])
async def test_a_hundred_candidates_are_a_bounded_number_of_checks(
    checked: Counter[tuple[str, int]], trickle: bool
) -> None:
    async with echo() as server:
        lines = [line(f"10.0.{number}.1", 9, number) for number in range(100)]
        await offer_with(server, lines, trickle)
        await until(lambda: len(checked) >= MAX_CHECKED)
        await asyncio.sleep(0.3)
        assert len(checked) == MAX_CHECKED


async def test_ports_of_one_address_are_not_scanned(checked: Counter[tuple[str, int]]) -> None:
    async with echo() as server:
        await offer_with(server, [line("10.0.0.1", port, port) for port in range(1, 100)], False)
        await until(lambda: len(checked) >= MAX_CHECKED_PER_ADDRESS)
        await asyncio.sleep(0.3)
        assert len(checked) == MAX_CHECKED_PER_ADDRESS


@pytest.mark.parametrize(
    ("option", "forwarded", "expected"),
    [
        ("auto", None, {"10.0.0.1", "203.0.113.5", "9.9.9.9"}),
        ("auto", "9.9.9.9", {"9.9.9.9"}),
        ("public", None, {"9.9.9.9"}),
        ("any", "9.9.9.9", {"10.0.0.1", "203.0.113.5", "9.9.9.9", "127.0.0.1", "169.254.1.1"}),
    ],
)
async def test_which_addresses_are_checked(
    checked: Counter[tuple[str, int]], option: Any, forwarded: str | None, expected: set[str]
) -> None:
    async with echo(candidate_addresses=option) as server:
        if forwarded is not None:
            server.headers["x-forwarded-for"] = forwarded
        named = ["10.0.0.1", "203.0.113.5", "9.9.9.9", "127.0.0.1", "169.254.1.1"]
        never = ["224.0.0.251", "0.0.0.0", "255.255.255.255", "240.1.1.1"]
        lines = [line(address, 9, number) for number, address in enumerate(never + named)]
        await offer_with(server, lines, False)
        await until(lambda: len(checked) >= len(expected))
        await asyncio.sleep(0.3)
        assert {address for address, _ in checked} == expected


@pytest.mark.parametrize(
    ("found", "sent"), [("10.0.0.1", True), ("127.0.0.1", False), ("224.0.0.251", False)]
)
async def test_what_an_mdns_name_stands_for_is_filtered_too(
    checked: Counter[tuple[str, int]], monkeypatch: pytest.MonkeyPatch, found: str, sent: bool
) -> None:
    asked: list[str] = []

    async def resolve(self: object, hostname: str, timeout: float = 1.0) -> str:
        asked.append(hostname)
        return found

    monkeypatch.setattr(aioice.mdns.MDnsProtocol, "resolve", resolve)
    async with echo() as server:
        await offer_with(server, [line(MDNS, 9), line("10.0.0.2", 9)], False)
        await until(lambda: ("10.0.0.2", 9) in checked)
        await asyncio.sleep(0.3)
        assert asked == [MDNS]
        assert ((found, 9) in checked) == sent


async def test_a_stranger_cannot_ask_the_network_for_names(
    checked: Counter[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    async def resolve(self: object, hostname: str, timeout: float = 1.0) -> None:
        asked.append(hostname)

    monkeypatch.setattr(aioice.mdns.MDnsProtocol, "resolve", resolve)
    async with echo() as server:
        server.headers["x-forwarded-for"] = "9.9.9.9"
        await offer_with(server, [line(MDNS, 9), line("9.9.9.9", 9)], False)
        await until(lambda: checked)
        assert asked == []


@pytest.mark.parametrize("trickle", [False, True])
async def test_a_client_whose_candidates_are_left_out_connects_by_its_own_checks(
    trickle: bool,
) -> None:
    async with echo(candidate_addresses="public") as server:
        client = server.client(SineTrack())
        await client.connect(trickle=trickle)
        await heard(client)


async def test_checks_from_ever_new_sources_are_bounded() -> None:
    async with echo() as server:
        client = server.client(SineTrack())
        await client.connect()
        transport = server.session(client).transport
        assert isinstance(transport, PeerTransport)
        transceiver = transport._pc.getTransceivers()[0]
        agent = transceiver.receiver.transport.transport._connection
        protocol = agent._protocols[0]
        message = aioice.stun.Message(aioice.stun.Method.BINDING, aioice.stun.Class.REQUEST)
        message.attributes["PRIORITY"] = 1
        for port in range(2000, 2500):
            agent.check_incoming(message, ("10.9.9.9", port), protocol)
        assert len(agent._remote_candidates) <= MAX_SOURCES
        await heard(client)
