"""Packets of a frame go to the system together, and arrive one by one, in their order."""

from __future__ import annotations

import asyncio
import errno
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
import pytest_asyncio

from gradio_webrtc.transports.aiortc_internals import udp_segmentation
from gradio_webrtc.transports.aiortc_internals.udp_segmentation import (
    MOST_BYTES,
    UDP_SEGMENT,
    DatagramSending,
)

LINUX = sys.platform == "linux"
FRAME = [1200] * 4 + [300]


class CountingSocket(socket.socket):
    """Counts the calls that send, and fails as it is told."""

    together = 0
    alone = 0
    error: OSError | None = None
    unknown = False
    full = False

    def sendmsg(self, *args: Any) -> int:  # type: ignore[override]
        type(self).together += 1
        if self.error is not None:
            raise self.error
        return super().sendmsg(*args)

    def sendto(self, *args: Any) -> int:  # type: ignore[override]
        if self.full:
            raise BlockingIOError
        type(self).alone += 1
        return super().sendto(*args)

    def setsockopt(self, *args: Any) -> None:  # type: ignore[override]
        if self.unknown and args[1] == UDP_SEGMENT:
            raise OSError(errno.ENOPROTOOPT, "Protocol not available")
        super().setsockopt(*args)


class Line:
    """A transport that sends, and the socket at which it arrives."""

    def __init__(self, family: socket.AddressFamily) -> None:
        self.receiver = socket.socket(family, socket.SOCK_DGRAM)
        self.receiver.bind(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0))
        self.receiver.settimeout(5.0)
        self.address = self.receiver.getsockname()[:2]
        self.kind = type("OneSocket", (CountingSocket,), {})
        self.sock: Any = self.kind(family, socket.SOCK_DGRAM)
        self.sock.setblocking(False)
        self.sending = DatagramSending()
        self.transport: asyncio.DatagramTransport

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        endpoint = loop.create_datagram_endpoint(asyncio.DatagramProtocol, sock=self.sock)
        self.transport, _ = await endpoint

    def close(self) -> None:
        self.transport.close()
        self.receiver.close()

    def send(self, sizes: Sequence[int]) -> list[bytes]:
        """Send datagrams of these sizes, all different; return them."""
        datagrams = [bytes([number]) * size for number, size in enumerate(sizes)]
        self.sending.send(self.transport, datagrams, self.address)
        return datagrams

    def received(self, count: int) -> list[bytes]:
        return [self.receiver.recv(65_536) for _ in range(count)]

    @property
    def calls(self) -> tuple[int, int]:
        """How many calls sent several datagrams, and how many one."""
        return self.kind.together, self.kind.alone  # type: ignore[attr-defined]


@pytest_asyncio.fixture(params=[socket.AF_INET, socket.AF_INET6], ids=["IPv4", "IPv6"])
async def line(request: pytest.FixtureRequest) -> AsyncIterator[Line]:
    made = Line(request.param)
    await made.open()
    yield made
    made.close()


@pytest.mark.skipif(not LINUX, reason="of Linux")
@pytest.mark.parametrize(
    ("sizes", "calls"),
    [
        (FRAME, (1, 0)),
        ([1200] * 3, (1, 0)),
        ([1200], (0, 1)),
        ([300, 1200, 1200], (1, 1)),
        ([1200, 300, 1200, 300], (2, 0)),
        ([1200] * 70, (2, 0)),
        ([100] * 70, (2, 0)),
        ([1, 2, 3], (0, 3)),
        ([], (0, 0)),
    ],
)
async def test_those_of_one_size_and_a_shorter_one_go_in_one_call(
    line: Line, sizes: list[int], calls: tuple[int, int]
) -> None:
    sent = line.send(sizes)
    assert line.received(len(sizes)) == sent
    assert line.calls == calls


def test_no_call_has_more_than_the_system_takes() -> None:
    runs = list(udp_segmentation._runs([bytes(9_000)] * 20))
    assert [len(run) for run in runs] == [7, 7, 6]
    assert max(sum(map(len, run)) for run in runs) <= MOST_BYTES


async def test_a_kernel_that_does_not_know_it_gets_them_one_by_one(line: Line) -> None:
    line.kind.unknown = True  # type: ignore[attr-defined]
    for _ in range(2):
        sent = line.send(FRAME)
        assert line.received(len(FRAME)) == sent
    assert line.calls == (0, 2 * len(FRAME))


@pytest.mark.skipif(not LINUX, reason="of Linux")
@pytest.mark.parametrize(
    ("code", "asked"),
    [(errno.EINVAL, 1), (errno.EIO, 1), (errno.EAGAIN, 2), (errno.ECONNREFUSED, 2)],
)
async def test_what_the_system_refuses_together_goes_one_by_one(
    line: Line, code: int, asked: int
) -> None:
    """And is not tried again where it will never be taken."""
    line.kind.error = OSError(code, "refused")  # type: ignore[attr-defined]
    for _ in range(2):
        sent = line.send(FRAME)
        assert line.received(len(FRAME)) == sent
    assert line.calls == (asked, 2 * len(FRAME))


async def test_a_relay_gets_them_one_by_one(line: Line) -> None:
    """It wraps each for its server."""
    sent: list[bytes] = []
    relay = SimpleNamespace(sendto=lambda data, _: sent.append(data))
    line.sending.send(relay, [b"one", b"two"], line.address)
    assert sent == [b"one", b"two"]
    assert line.calls == (0, 0)


@pytest.mark.skipif(not LINUX, reason="of Linux")
async def test_what_waits_for_the_socket_goes_first(line: Line) -> None:
    line.kind.full = True  # type: ignore[attr-defined]
    line.transport.sendto(b"before", line.address)
    sent = line.send(FRAME)
    line.kind.full = False  # type: ignore[attr-defined]
    await asyncio.sleep(0.05)
    assert line.received(1 + len(FRAME)) == [b"before", *sent]
    assert line.calls == (0, 1 + len(FRAME))
