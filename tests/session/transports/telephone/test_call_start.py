"""The first messages of a call, on the virtual clock."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from gradio_webrtc.errors import InvalidMessageError, NotStartedError, SignalingError
from gradio_webrtc.session.state import CloseReason
from gradio_webrtc.transports.sockets.start_deadline import START_SECONDS
from gradio_webrtc.transports.sockets.text_socket import SocketClosedError
from gradio_webrtc.transports.telephone.call_start import read_start
from gradio_webrtc.transports.telephone.twilio_messages import Start
from tests.support.memory_socket import MemorySocket

pytestmark = pytest.mark.looptime

CONNECTED = {"event": "connected", "protocol": "Call", "version": "1.0.0"}
START = {"event": "start", "start": {"streamSid": "MZ1", "callSid": "CA1"}}


async def test_a_call_begins_with_connected_and_start() -> None:
    socket = MemorySocket()
    socket.put(CONNECTED)
    socket.put(START)
    assert await read_start(socket) == Start("MZ1", "CA1")


async def test_a_call_that_does_not_begin_in_time() -> None:
    socket = MemorySocket()
    socket.put(CONNECTED)
    began = asyncio.get_running_loop().time()
    with pytest.raises(NotStartedError, match="did not start"):
        await read_start(socket)
    assert asyncio.get_running_loop().time() - began == pytest.approx(START_SECONDS)


@pytest.mark.parametrize(
    ("first", "error"),
    [
        ({"event": "media", "media": {"payload": "AAAA"}}, NotStartedError),
        ({"event": "stop"}, NotStartedError),
        ({"event": "weather"}, NotStartedError),
        ("hello", InvalidMessageError),
        (b"hello", InvalidMessageError),
        ("x" * 10_000_000, InvalidMessageError),
        ({"event": "start", "start": {"streamSid": "a b"}}, InvalidMessageError),
    ],
)
async def test_anything_else_is_refused(first: Any, error: type[SignalingError]) -> None:
    socket = MemorySocket()
    socket.put(first)
    with pytest.raises(error):
        await read_start(socket)


async def test_connected_again_and_again_is_no_start() -> None:
    socket = MemorySocket()
    for _ in range(5):
        socket.put(CONNECTED)
    with pytest.raises(NotStartedError):
        await read_start(socket)


async def test_a_caller_who_hangs_up_before() -> None:
    socket = MemorySocket()
    socket.put(CONNECTED)
    socket.hang_up()
    with pytest.raises(SocketClosedError) as closed:
        await read_start(socket)
    assert closed.value.reason is CloseReason.CLIENT_CLOSED
