"""Whether anything waits in the sockets of a connection, asked of the operating system."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest
import pytest_asyncio
from aioice.turn import TurnTransport
from aiortc import RTCConfiguration, RTCPeerConnection

from gradio_webrtc.transports.aiortc_internals.waiting_datagrams import (
    datagrams_wait,
    read_waiting,
)
from tests.support.sessions import until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")


@pytest_asyncio.fixture
async def dtls() -> AsyncIterator[Any]:
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    pc.addTransceiver("audio")
    await pc.setLocalDescription(await pc.createOffer())
    found = pc.getTransceivers()[0].receiver.transport
    reading = asyncio.ensure_future(_read(found.transport._connection._queue))
    yield found
    reading.cancel()
    await pc.close()


async def _read(queue: asyncio.Queue[Any]) -> None:
    """Read what waits, as aiortc does when it is connected."""
    while True:
        await queue.get()


def _addresses(dtls: Any) -> list[tuple[str, int]]:
    protocols = dtls.transport._connection._protocols
    return [each.transport.get_extra_info("sockname")[:2] for each in protocols]


async def test_what_arrived_waits_until_it_is_read(dtls: Any) -> None:
    assert not datagrams_wait(dtls)
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    [address, *_] = [each for each in _addresses(dtls) if "." in each[0]]
    for _ in range(5):
        sender.sendto(b"nothing that anybody understands", address)
    sender.close()
    assert datagrams_wait(dtls)
    await until(lambda: not datagrams_wait(dtls))


async def test_what_is_not_wanted_is_read_at_once(dtls: Any) -> None:
    [address, *_] = [each for each in _addresses(dtls) if "." in each[0]]
    protocols = dtls.transport._connection._protocols
    [protocol] = [
        each for each in protocols if each.transport.get_extra_info("sockname")[:2] == address
    ]
    read: list[bytes] = []
    protocol.datagram_received = lambda data, _: read.append(data)
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for number in range(50):
        sender.sendto(bytes([number]), address)
    sender.close()
    read_waiting(dtls, lambda: len(read) < 30)
    assert read == [bytes([number]) for number in range(30)]
    read_waiting(dtls, lambda: True)
    assert len(read) == 50
    assert not datagrams_wait(dtls)


async def test_what_was_relayed_waits_in_the_socket_to_the_relay(dtls: Any) -> None:
    loop = asyncio.get_running_loop()
    inner, _ = await loop.create_datagram_endpoint(
        asyncio.DatagramProtocol, local_addr=("127.0.0.1", 0)
    )
    relay: Any = TurnTransport(SimpleNamespace(transport=inner))  # type: ignore[arg-type]
    dtls.transport._connection._protocols.append(SimpleNamespace(transport=relay))
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        assert not datagrams_wait(dtls)
        sender.sendto(b"something from a relay", inner.get_extra_info("sockname"))
        assert datagrams_wait(dtls)
    finally:
        dtls.transport._connection._protocols.pop()
        inner.close()
        sender.close()


async def test_what_was_read_and_waits_for_aiortc_waits_as_well(dtls: Any) -> None:
    agent = dtls.transport._connection
    agent._queue.put_nowait((b"a report", 1))
    assert datagrams_wait(dtls)
    agent._queue.get_nowait()
    assert not datagrams_wait(dtls)


async def test_a_closed_socket_holds_nothing(dtls: Any) -> None:
    await dtls.transport._connection.close()
    assert not datagrams_wait(dtls)
