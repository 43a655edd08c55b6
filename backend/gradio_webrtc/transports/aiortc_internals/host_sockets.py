"""On which UDP ports an ICE agent opens its sockets, and which addresses it says they have.

aioice asks the system for any port. Here whoever asks gives the ports to be tried. The operating
system knows which are taken, by this process or another; nobody else keeps books of them, so a port
is free again as soon as its socket is closed, however that came about.
"""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import socket
from collections.abc import Callable, Iterable, Sequence

from aioice import Candidate, Connection, turn
from aioice.candidate import candidate_foundation, candidate_priority
from aioice.ice import StunProtocol
from aiortc import RTCIceTransport

from gradio_webrtc.errors import ServerFullError


def replace_host_sockets(
    ice: RTCIceTransport, ports: Callable[[], Iterable[int]], announced: Sequence[str]
) -> None:
    """Let the agent of ``ice`` open its sockets on one of ``ports()``, the same for each address.

    Gathering then raises ``ServerFullError`` when all of them are taken.

    Args:
        ice: a transport that has not gathered.
        ports: gives what is tried, in order; 0 is any.
        announced: addresses that the client is told beside the machine's own.
    """
    agent: Connection = ice._connection
    gather_others = agent.get_component_candidates

    async def gather(component: int, addresses: list[str], timeout: int = 5) -> list[Candidate]:
        found = []
        unused = _open(addresses, ports())
        try:
            while unused:
                found.append(await _use(agent, component, unused[0]))
                del unused[0]
        finally:
            for each in unused:  # cancelled: those that are in use close with the agent
                each.close()
        told = [_told(each, address) for address in announced for each in found]
        others = await gather_others(component, [], timeout)
        return [*found, *{(each.host, each.port): each for each in told if each}.values(), *others]

    agent.get_component_candidates = gather  # type: ignore[method-assign]


def _open(addresses: Sequence[str], ports: Iterable[int]) -> list[socket.socket]:
    """Return a socket for each address that this machine has, all on the first port that is free.

    Raises:
        ServerFullError: none is free.
    """
    if not addresses:  # relays only
        return []
    for port in ports:
        opened: list[socket.socket] = []
        for address in addresses:
            try:
                opened.append(_bound(address, port))
            except OSError as error:
                if error.errno in (errno.EADDRINUSE, errno.EACCES):
                    break
                continue  # an address that has gone since they were listed
        else:
            return opened
        for each in opened:
            each.close()
    raise ServerFullError()


def _bound(address: str, port: int) -> socket.socket:
    family, kind, protocol, _, where = socket.getaddrinfo(
        address, port, type=socket.SOCK_DGRAM, flags=socket.AI_NUMERICHOST
    )[0]
    made = socket.socket(family, kind, protocol)
    try:
        made.setblocking(False)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, turn.UDP_SOCKET_BUFFER_SIZE)
        made.bind(where)
    except BaseException:
        made.close()
        raise
    return made


async def _use(agent: Connection, component: int, opened: socket.socket) -> Candidate:
    """Make ``opened`` one of the agent's sockets, as aioice does with its own."""
    _, protocol = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: StunProtocol(agent), sock=opened
    )
    host, port = opened.getsockname()[:2]
    protocol.local_candidate = _host_candidate(component, host, port)
    agent._protocols.append(protocol)
    return protocol.local_candidate


def _host_candidate(component: int, host: str, port: int) -> Candidate:
    return Candidate(
        foundation=candidate_foundation("host", "udp", host),
        component=component,
        transport="udp",
        priority=candidate_priority(component, "host"),
        host=host,
        port=port,
        type="host",
    )


def _told(candidate: Candidate, address: str) -> Candidate | None:
    """Return what the client is told of a socket that is reached under ``address`` as well."""
    own = ipaddress.ip_address(candidate.host.partition("%")[0])
    if own.version != ipaddress.ip_address(address).version:
        return None
    return _host_candidate(candidate.component, address, candidate.port)
