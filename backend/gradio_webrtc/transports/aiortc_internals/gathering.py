"""How an ICE agent asks STUN and TURN servers for its further addresses.

aiortc asks the first STUN and the first TURN server of a configuration and no others, and aioice
waits for both, five seconds long when one of them is dead. Here whoever asks decides whom and how
long; see ``transports.ice.server_candidates``.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aioice import Candidate, Connection, turn
from aioice.candidate import candidate_foundation, candidate_priority
from aioice.ice import StunProtocol, server_reflexive_candidate
from aioice.stun import TransactionFailed
from aiortc import RTCIceTransport

Address = tuple[str, int]

MISMATCH = 437
"""A TURN server has an allocation for the client's address already: the port was used a moment ago,
here or behind an address translator. RFC 8656, 7.4: try another."""

RETRIES = 2


@dataclass(frozen=True)
class TurnServer:
    """One way to reach a TURN server.

    Attributes:
        host: name or address.
        port: its port.
        tcp: whether it is reached over TCP instead of UDP.
        tls: whether that is encrypted.
    """

    host: str
    port: int
    tcp: bool
    tls: bool
    username: str | None = field(repr=False)
    credential: str | None = field(repr=False)

    def __str__(self) -> str:
        kind = "turns" if self.tls else "turn"
        return f"{kind}:{self.host}:{self.port}?transport={'tcp' if self.tcp else 'udp'}"


class AgentQueries:
    """What can be asked for one component of an agent. What is found is the agent's at once."""

    def __init__(self, agent: Connection, component: int) -> None:
        self._agent = agent
        self._component = component

    def sockets(self) -> list[StunProtocol]:
        """Return the sockets of its own addresses; IPv4 only, which is what servers tell."""
        return [
            protocol
            for protocol in self._agent._protocols
            if protocol.local_candidate.component == self._component
            and protocol.local_candidate.type == "host"
            and ipaddress.ip_address(protocol.local_candidate.host).version == 4
        ]

    async def reflexive(self, protocol: StunProtocol, server: Address) -> Candidate:
        """Return the address of a socket as a STUN server sees it.

        Raises:
            Exception: there is no answer; after 32 seconds, or at once for an unknown host.
        """
        candidate, _ = await server_reflexive_candidate(protocol, server)
        return candidate

    async def relay(self, server: TurnServer) -> Candidate:
        """Return an address that a TURN server has allocated.

        Raises:
            Exception: it cannot be reached, or refused; after 32 seconds if it does not answer.
        """
        protocol = await self._allocate(server)
        host, port = protocol.transport.get_extra_info("sockname")
        # No related address: it is for diagnosis only, and would tell the client where this server
        # is when it is to be reached by relays only (RFC 8839, 5.1, has this form).
        nowhere = "0.0.0.0" if ipaddress.ip_address(host).version == 4 else "::"
        protocol.local_candidate = Candidate(
            foundation=candidate_foundation("relay", "udp", host),
            component=self._component,
            transport="udp",
            priority=candidate_priority(self._component, "relay"),
            host=host,
            port=port,
            type="relay",
            related_address=nowhere,
            related_port=9,
        )
        self._agent._protocols.append(protocol)
        return protocol.local_candidate

    async def _allocate(self, server: TurnServer) -> StunProtocol:
        """Allocate from a port of this machine's that the server knows nothing of."""
        for _ in range(RETRIES):
            try:
                return await _allocate(self._agent, server)
            except TransactionFailed as refusal:
                if refusal.response.attributes.get("ERROR-CODE", (0,))[0] != MISMATCH:
                    raise
        return await _allocate(self._agent, server)


async def _allocate(agent: Connection, server: TurnServer) -> StunProtocol:
    """Do as ``aioice.turn.create_turn_endpoint``, which before 0.12 leaks when it is cancelled."""
    loop = asyncio.get_running_loop()
    address = (server.host, server.port)
    options = (turn.DEFAULT_ALLOCATION_LIFETIME, turn.DEFAULT_CHANNEL_REFRESH_TIME)
    arguments = (address, server.username, server.credential, *options)
    client: turn.TurnClientTcpProtocol | turn.TurnClientUdpProtocol
    connection: asyncio.BaseTransport
    if server.tcp:
        connection, client = await loop.create_connection(
            lambda: turn.TurnClientTcpProtocol(*arguments), *address, ssl=server.tls or None
        )
    else:
        connection, client = await loop.create_datagram_endpoint(
            lambda: turn.TurnClientUdpProtocol(*arguments), remote_addr=address
        )
        own: socket.socket = connection.get_extra_info("socket")
        own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, turn.UDP_SOCKET_BUFFER_SIZE)
    try:
        protocol = StunProtocol(agent)
        await turn.TurnTransport(client)._connect(protocol)
    except BaseException:
        connection.close()
        raise
    return protocol


def replace_server_queries(
    ice: RTCIceTransport, ask: Callable[[AgentQueries], Awaitable[list[Candidate]]]
) -> None:
    """Let ``ask`` find what the agent of ``ice`` has beside its own addresses.

    Args:
        ice: a transport that has not gathered.
        ask: is told of the agent, once for each component, and returns what it found.
    """
    agent: Connection = ice._connection
    gather_own = agent.get_component_candidates

    async def gather(component: int, addresses: list[str], timeout: int = 5) -> list[Candidate]:
        agent.stun_server = agent.turn_server = None
        found = await gather_own(component, addresses, timeout)
        return [*found, *await ask(AgentQueries(agent, component))]

    agent.get_component_candidates = gather  # type: ignore[method-assign]
