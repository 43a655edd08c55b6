"""An agent opens its sockets on the ports it is given, and they are free again after it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import closing

import pytest
import pytest_asyncio
from aiortc import RTCIceGatherer, RTCIceTransport

from gradio_webrtc.errors import ServerFullError
from gradio_webrtc.transports.aiortc_internals import host_sockets
from gradio_webrtc.transports.aiortc_internals.host_sockets import replace_host_sockets
from tests.support.udp_ports import free_udp_ports


@pytest_asyncio.fixture
async def ice() -> AsyncIterator[RTCIceTransport]:
    transport = RTCIceTransport(RTCIceGatherer(iceServers=[]))
    yield transport
    await transport._connection.close()


def taken() -> socket.socket:
    """Return a socket on a port of every address, which thereby is nobody else's."""
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind(("0.0.0.0", 0))
    return made


async def gathered(ice: RTCIceTransport) -> list[tuple[str, int]]:
    await ice.iceGatherer.gather()
    return [(each.ip, each.port) for each in ice.iceGatherer.getLocalCandidates()]


async def test_all_addresses_have_the_first_port_that_is_free(ice: RTCIceTransport) -> None:
    port = free_udp_ports()
    with closing(taken()) as other:
        replace_host_sockets(ice, lambda: [other.getsockname()[1], port], ())
        found = await gathered(ice)
    assert found
    assert {each for _, each in found} == {port}
    own = [each.transport.get_extra_info("sockname")[1] for each in ice._connection._protocols]
    assert own == [port] * len(found)


async def test_when_none_is_free_the_client_is_told_that_it_is_full(ice: RTCIceTransport) -> None:
    with closing(taken()) as other:
        replace_host_sockets(ice, lambda: [other.getsockname()[1]], ())
        with pytest.raises(ServerFullError):
            await ice.iceGatherer.gather()
    assert not ice._connection._protocols


async def test_a_port_is_free_again_when_its_agent_is_closed() -> None:
    port = free_udp_ports()
    for _ in range(3):
        transport = RTCIceTransport(RTCIceGatherer(iceServers=[]))
        replace_host_sockets(transport, lambda: [port], ())
        assert await gathered(transport)
        await transport._connection.close()


async def test_addresses_from_outside_are_told_beside_the_machines_own(
    ice: RTCIceTransport,
) -> None:
    port = free_udp_ports()
    replace_host_sockets(ice, lambda: [port], ("203.0.113.7",))
    found = await gathered(ice)
    assert found.count(("203.0.113.7", port)) == 1
    assert len(ice._connection._protocols) == len(found) - 1, "nothing is opened there"


async def test_with_relays_only_nothing_is_opened_and_nobody_is_full(ice: RTCIceTransport) -> None:
    replace_host_sockets(ice, lambda: [], ("203.0.113.7",))
    assert await ice._connection.get_component_candidates(1, []) == []


async def test_cancelled_while_opening_it_leaves_no_socket(
    ice: RTCIceTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    port, began = free_udp_ports(), asyncio.Event()

    async def never(*_: object) -> None:
        began.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(host_sockets, "_use", never)
    replace_host_sockets(ice, lambda: [port], ())
    gathering = asyncio.ensure_future(ice.iceGatherer.gather())
    await began.wait()
    gathering.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gathering
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as again:
        again.bind(("0.0.0.0", port))


async def test_an_address_that_is_gone_is_left_out() -> None:
    port = free_udp_ports()
    opened = host_sockets._open(["127.0.0.1", "192.0.2.1"], [port])
    assert [each.getsockname() for each in opened] == [("127.0.0.1", port)]
    opened[0].close()
