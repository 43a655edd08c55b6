"""A websocket begins with ``start``, soon, and with nothing else."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from gradio_webrtc.errors import InvalidMessageError, NotStartedError
from gradio_webrtc.session.state import CloseReason
from gradio_webrtc.transports.sockets.start_deadline import START_SECONDS
from gradio_webrtc.transports.sockets.text_socket import SocketClosedError
from gradio_webrtc.transports.websocket.start import MAX_PINGS, read_start
from tests.support.memory_socket import MemorySocket, media

pytestmark = pytest.mark.looptime

START = {"event": "start", "websocket_id": "a"}


async def read(*messages: Any) -> Any:
    socket = MemorySocket()
    for message in messages:
        socket.put(message)
    return socket, await read_start(socket)


async def test_the_start_and_all_it_says() -> None:
    _, start = await read({**START, "format": {}, "later": 1})
    assert start == {**START, "format": {}, "later": 1}


async def test_pings_before_it_are_answered_but_not_for_ever() -> None:
    socket, start = await read(*[{"event": "ping"}] * (MAX_PINGS - 1), START)
    assert start == START
    assert socket.messages == [{"event": "pong"}] * (MAX_PINGS - 1)
    with pytest.raises(NotStartedError):
        await read(*[{"event": "ping"}] * (MAX_PINGS + 1), START)


@pytest.mark.parametrize(
    "message", [media(b"\xff"), {"event": "stop"}, {"event": None}, {}, {"event": {}}]
)
async def test_another_event_first_is_refused(message: Any) -> None:
    with pytest.raises(NotStartedError, match="The first event must be"):
        await read(message, START)


@pytest.mark.parametrize(
    "message", ["nonsense", "[]", "[" * 100_000, b"\x00", "x" * 10_000_000, '"start"']
)
async def test_what_is_no_message_is_refused(message: Any) -> None:
    with pytest.raises(InvalidMessageError):
        await read(message, START)


async def test_a_client_that_says_nothing_is_refused_in_time() -> None:
    with pytest.raises(NotStartedError, match="within 10 seconds"):
        await read()
    assert asyncio.get_running_loop().time() == pytest.approx(START_SECONDS, abs=0.6)


async def test_a_client_that_goes_before_is_gone() -> None:
    socket = MemorySocket()
    socket.hang_up()
    with pytest.raises(SocketClosedError) as closed:
        await read_start(socket)
    assert closed.value.reason is CloseReason.CLIENT_CLOSED
