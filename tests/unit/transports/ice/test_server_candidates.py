"""Whom the server asks for its own addresses, in which order, and what the log says of it."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest
from aioice import Candidate
from aiortc import RTCIceServer

from gradio_webrtc.transports.aiortc_internals.gathering import Address, TurnServer
from gradio_webrtc.transports.ice.server_candidates import (
    MAX_STUN_SERVERS,
    MAX_TURN_SERVERS,
    ask_servers,
    find_candidates,
    stun_servers,
    turn_servers,
)

CLOUDFLARE = [
    "turn:t.example:3478?transport=udp",
    "turn:t.example:3478?transport=tcp",
    "turns:t.example:443?transport=tcp",
    "turn:t.example:80?transport=tcp",
    "turn:t.example:443?transport=udp",
]


def server(*urls: str) -> RTCIceServer:
    return RTCIceServer(urls=list(urls), username="me", credential="hunter2")


def test_udp_is_asked_before_tcp_and_tcp_before_tls() -> None:
    found = [str(each) for each in turn_servers([server(*CLOUDFLARE)])]
    assert found == [CLOUDFLARE[i] for i in (0, 4, 1, 3, 2)]
    assert "hunter2" not in repr(turn_servers([server(*CLOUDFLARE)]))


def test_what_cannot_be_asked_is_left_out_and_what_is_named_twice_is_asked_once() -> None:
    dtls = server("turns:t.example?transport=udp", "turn:t.example?transport=sctp")
    assert turn_servers([dtls]) == []
    assert len(turn_servers([server("turn:t.example", "turn:t.example:3478?transport=udp")])) == 1
    assert stun_servers([server("stun:s.example", "stuns:s.example", "turn:t.example")]) == [
        ("s.example", 3478)
    ]


def test_no_more_than_some_are_asked() -> None:
    many = [server(f"turn:{number}.example", f"stun:{number}.example") for number in range(100)]
    assert len(turn_servers(many)) == MAX_TURN_SERVERS
    assert len(stun_servers(many)) == MAX_STUN_SERVERS


def test_without_servers_nothing_is_changed() -> None:
    ask_servers([None], [])  # type: ignore[list-item]


class Network:
    """Servers that answer after some time, or refuse, or are dead."""

    def __init__(self, **answers: float | Exception) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def sockets(self) -> list[str]:
        return ["eth0"]

    async def _answer(self, host: str, kind: str) -> Candidate:
        self.asked.append(host)
        answer = self.answers[host]
        if isinstance(answer, Exception):
            raise answer
        await asyncio.sleep(answer)
        return Candidate.from_sdp(f"1 1 udp 1 192.0.2.1 9 typ {kind}")

    async def reflexive(self, socket: str, server: Address) -> Candidate:
        return await self._answer(server[0], "srflx")

    async def relay(self, server: TurnServer) -> Candidate:
        return await self._answer(server.host, "relay")


async def found_in(network: Any, *urls: str) -> list[str]:
    servers = [server(*urls)]
    found = await find_candidates(network, stun_servers(servers), turn_servers(servers))
    return sorted(candidate.type for candidate in found)


DEAD = 1e6


@pytest.mark.looptime
@pytest.mark.parametrize(
    ("urls", "answers", "found", "most"),
    [
        (["turn:dead", "turn:living"], {"dead": DEAD, "living": 0.1}, ["relay"], 0.3),
        (["turn:living", "turn:dead"], {"dead": DEAD, "living": 0.1}, ["relay"], 0.1),
        (["stun:dead", "turn:living"], {"dead": DEAD, "living": 0.1}, ["relay"], 1.0),
        (["stun:living", "turn:dead"], {"dead": DEAD, "living": 0.1}, ["srflx"], 1.0),
        (["stun:dead", "stun:living"], {"dead": DEAD, "living": 0.1}, ["srflx"], 0.1),
        (["turn:slow"], {"slow": 2.5}, ["relay"], 2.5),
    ],
)
async def test_a_dead_server_beside_a_living_one_costs_less_than_a_second(
    urls: list[str], answers: dict[str, Any], found: list[str], most: float
) -> None:
    assert await found_in(Network(**answers), *urls) == found
    assert asyncio.get_running_loop().time() <= most + 0.001


@pytest.mark.looptime
async def test_one_relay_is_enough() -> None:
    network = Network(a=0.01, b=0.01, c=0.01)
    assert await found_in(network, "turn:a", "turn:b", "turn:c") == ["relay"]
    assert network.asked == ["a"]


@pytest.mark.looptime
async def test_no_relay_is_told_once_with_every_reason(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    network = Network(dead=DEAD, refusing=ConnectionError("401 - Unauthorized"), silent=OSError())
    for _ in range(3):
        assert await found_in(network, "turn:dead", "turn:refusing", "turn:silent") == []
    [warning] = [record.getMessage() for record in caplog.records]
    assert "turn:dead:3478?transport=udp: no answer" in warning
    assert "turn:refusing:3478?transport=udp: 401 - Unauthorized" in warning
    assert "turn:silent:3478?transport=udp: OSError" in warning
    assert "hunter2" not in warning
