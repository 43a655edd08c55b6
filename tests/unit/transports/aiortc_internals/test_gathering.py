"""What an agent asks for is the agent's at once, and of what was given up nothing is left."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from aioice import Candidate, stun
from aiortc import RTCIceGatherer, RTCIceTransport

from gradio_webrtc.transports.aiortc_internals.gathering import (
    AgentQueries,
    TurnServer,
    replace_server_queries,
)


class TurnDouble(asyncio.DatagramProtocol):
    """Allocates without asking for a password, or refuses the first addresses."""

    def __init__(self, refuse: int = 0, code: int = 437) -> None:
        self.refuse = refuse
        self.code = code
        self.clients: list[Any] = []

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        request = stun.parse_message(data)
        if request.message_method == stun.Method.ALLOCATE:
            self.clients.append(addr)
        answer = stun.Message(
            message_method=request.message_method,
            message_class=stun.Class.RESPONSE,
            transaction_id=request.transaction_id,
        )
        answer.attributes["LIFETIME"] = 600
        answer.attributes["XOR-MAPPED-ADDRESS"] = addr
        answer.attributes["XOR-RELAYED-ADDRESS"] = ("192.0.2.9", 20_000 + len(self.clients))
        if 0 < len(self.clients) <= self.refuse:
            answer.message_class = stun.Class.ERROR
            answer.attributes = {"ERROR-CODE": (self.code, "No")}
        self.transport.sendto(bytes(answer), addr)

    @property
    def server(self) -> TurnServer:
        host, port = self.transport.get_extra_info("sockname")
        return TurnServer(host, port, tcp=False, tls=False, username="me", credential="hunter2")


async def serve(double: TurnDouble) -> TurnDouble:
    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(lambda: double, local_addr=("127.0.0.1", 0))
    return double


@pytest_asyncio.fixture
async def ice() -> AsyncIterator[RTCIceTransport]:
    transport = RTCIceTransport(RTCIceGatherer(iceServers=[]))
    yield transport
    await transport._connection.close()


def queries(ice: RTCIceTransport) -> AgentQueries:
    return AgentQueries(ice._connection, 1)


async def test_a_relay_is_the_agents_and_says_nothing_of_where_it_is(ice: RTCIceTransport) -> None:
    double = await serve(TurnDouble())
    candidate = await queries(ice).relay(double.server)
    assert (candidate.type, candidate.host, candidate.port) == ("relay", "192.0.2.9", 20_001)
    assert (candidate.related_address, candidate.related_port) == ("0.0.0.0", 9)
    assert [each.local_candidate for each in ice._connection._protocols] == [candidate]
    await ice._connection.close()
    double.transport.close()


async def test_an_address_that_the_server_knows_is_given_up_for_another(
    ice: RTCIceTransport,
) -> None:
    double = await serve(TurnDouble(refuse=2))
    assert (await queries(ice).relay(double.server)).type == "relay"
    assert len(set(double.clients)) == 3
    await ice._connection.close()
    double.transport.close()


@pytest.mark.parametrize(("code", "asked"), [(437, 3), (401, 1), (486, 1)])
async def test_a_refusal_is_not_repeated_for_ever(
    code: int, asked: int, ice: RTCIceTransport
) -> None:
    double = await serve(TurnDouble(refuse=1000, code=code))
    with pytest.raises(stun.TransactionFailed, match=str(code)):
        await queries(ice).relay(double.server)
    assert len(double.clients) == asked
    assert ice._connection._protocols == []
    double.transport.close()


@pytest.mark.parametrize("tcp", [False, True])
async def test_a_dead_server_that_was_given_up_leaves_no_socket(
    tcp: bool, ice: RTCIceTransport
) -> None:
    with socket.socket(type=socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM) as dead:
        dead.bind(("127.0.0.1", 0))
        if tcp:
            dead.listen()
        server = TurnServer("127.0.0.1", dead.getsockname()[1], tcp, False, "me", "hunter2")
        before = len(os.listdir("/dev/fd"))
        asking = asyncio.ensure_future(queries(ice).relay(server))
        await asyncio.sleep(0.05)
        assert len(os.listdir("/dev/fd")) > before
        asking.cancel()
        await asyncio.wait({asking})
        await asyncio.sleep(0.01)
        assert len(os.listdir("/dev/fd")) == before


async def test_the_agent_asks_nobody_by_itself(ice: RTCIceTransport) -> None:
    agent = ice._connection
    agent.stun_server = agent.turn_server = ("192.0.2.1", 9)
    asked: list[AgentQueries] = []
    found = Candidate.from_sdp("1 1 udp 1 192.0.2.1 9 typ srflx")

    async def ask(queries: AgentQueries) -> list[Candidate]:
        asked.append(queries)
        return [found]

    replace_server_queries(ice, ask)
    await asyncio.wait_for(agent.gather_candidates(), 3)
    [about] = asked
    assert agent.local_candidates[-1] == found
    assert all(each.local_candidate.type == "host" for each in about.sockets())


async def test_a_socket_is_told_its_address(ice: RTCIceTransport) -> None:
    double = await serve(TurnDouble())
    replace_server_queries(ice, nothing)
    await ice._connection.gather_candidates()
    for protocol in queries(ice).sockets()[:1]:
        host, port = double.transport.get_extra_info("sockname")
        with_address = asyncio.ensure_future(queries(ice).reflexive(protocol, (host, port)))
        await asyncio.wait({with_address}, timeout=5)
        candidate = with_address.result()
        assert (candidate.type, candidate.port) == ("srflx", protocol.local_candidate.port)
    double.transport.close()


async def nothing(queries: AgentQueries) -> list[Candidate]:
    return []
