"""Where a worker's values come in: who is let in, and what is left of those who are not."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import socket

import pytest

from gradio_webrtc.handlers.executors.generator_channel import MOST_STRANGERS, GeneratorChannel
from tests.support.sessions import until


async def test_who_does_not_know_the_secret_is_not_heard() -> None:
    channel = await GeneratorChannel.open("127.0.0.1")
    address = channel.address
    with socket.create_connection(address[:2]) as stranger:
        stranger.settimeout(30)
        stranger.sendall(bytes(32))
        assert await asyncio.to_thread(stranger.recv, 1) == b""
        assert not channel.connected.done()
    crowd = [socket.create_connection(address[:2]) for _ in range(MOST_STRANGERS + 1)]
    crowd[-1].settimeout(30)
    assert await asyncio.to_thread(crowd[-1].recv, 1) == b""
    for one in crowd:
        one.close()
    await until(lambda: not channel._strangers, 60)
    with socket.create_connection(address[:2]) as worker:
        worker.sendall(address.token)
        await asyncio.wait_for(asyncio.shield(channel.connected), 30)
        channel.close()
        worker.settimeout(30)
        assert await asyncio.to_thread(worker.recv, 1) == b""


async def test_closed_while_somebody_comes_it_leaves_nothing_open() -> None:
    for wait in range(40):
        channel = await GeneratorChannel.open("127.0.0.1")
        with socket.create_connection(channel.address[:2]) as worker:
            worker.sendall(channel.address.token)
            for _ in range(wait % 10):  # at each of the steps between coming and being there
                await asyncio.sleep(0)
            channel.close()
            worker.settimeout(30)
            with contextlib.suppress(ConnectionResetError):
                assert await asyncio.to_thread(worker.recv, 1) == b""
    gc.collect()  # what was left open would be told of as a warning


async def test_closed_it_lets_go_of_no_socket_but_its_own(
    caplog: pytest.LogCaptureFixture,
) -> None:
    channel = await GeneratorChannel.open("127.0.0.1")
    await asyncio.sleep(0)  # it waits for somebody to come
    number = channel._listening.fileno()
    channel.close()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as next_one:
        assert next_one.fileno() == number
        next_one.setblocking(False)
        next_one.bind(("127.0.0.1", 0))
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            asyncio.DatagramProtocol, sock=next_one
        )
        for _ in range(3):
            await asyncio.sleep(0)
        transport.close()
        await asyncio.sleep(0)
    assert not caplog.records, caplog.text
