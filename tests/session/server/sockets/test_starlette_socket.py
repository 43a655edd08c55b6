"""Starlette's websocket behaves as a session needs it, whoever ends it."""

from __future__ import annotations

import pytest

from gradio_webrtc.server.sockets.starlette_socket import StarletteSocket, accepted
from gradio_webrtc.session.state import CloseReason
from gradio_webrtc.transports.sockets.text_socket import SocketClosedError
from tests.support.asgi_websocket import AsgiWebSocket


async def taken(client: AsgiWebSocket) -> StarletteSocket:
    socket = await accepted(client.websocket)
    assert client.accepted
    return socket


async def test_messages_pass_both_ways() -> None:
    client = AsgiWebSocket()
    socket = await taken(client)
    client.put("a")
    client.put(b"\x00")
    assert [await socket.receive() for _ in range(2)] == ["a", b"\x00"]
    await socket.send("b")
    assert [text for _, text in client.sent] == ["b"]


async def test_one_that_the_app_has_accepted_is_not_accepted_twice() -> None:
    client = AsgiWebSocket()
    await client.websocket.accept()
    await taken(client)


@pytest.mark.parametrize("reason", [CloseReason.CLIENT_CLOSED, CloseReason.PEER_LOST])
async def test_a_client_that_goes(reason: CloseReason) -> None:
    client = AsgiWebSocket()
    socket = await taken(client)
    client.hang_up(reason)
    for _ in range(2):
        with pytest.raises(SocketClosedError) as closed:
            await socket.receive()
    assert closed.value.reason is reason
    with pytest.raises(SocketClosedError):
        await socket.send("late")
    await socket.close("late")


async def test_closing_twice_closes_once() -> None:
    client = AsgiWebSocket()
    socket = await taken(client)
    await socket.close("time_limit")
    await socket.close("again")
    assert (client.code, client.closed) == (1000, "time_limit")
    with pytest.raises(SocketClosedError):
        await socket.send("late")


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (1000, CloseReason.CLIENT_CLOSED),
        (1001, CloseReason.CLIENT_CLOSED),
        (1005, CloseReason.CLIENT_CLOSED),
        (1006, CloseReason.PEER_LOST),
        (1011, CloseReason.PEER_LOST),
        (1012, CloseReason.SERVER_SHUTDOWN),
        (4000, CloseReason.PEER_LOST),
    ],
)
async def test_what_the_codes_mean(code: int, reason: CloseReason) -> None:
    client = AsgiWebSocket()
    socket = await taken(client)

    async def disconnected() -> dict[str, object]:
        return {"type": "websocket.disconnect", "code": code}

    client.websocket._receive = disconnected
    with pytest.raises(SocketClosedError) as closed:
        await socket.receive()
    assert closed.value.reason is reason
