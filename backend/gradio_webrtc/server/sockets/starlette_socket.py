"""Starlette's websocket as what a session needs of one."""

from __future__ import annotations

import contextlib

from starlette.types import Message
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from gradio_webrtc.session.state import CloseReason
from gradio_webrtc.transports.sockets.text_socket import SocketClosedError

REASONS = {
    1000: CloseReason.CLIENT_CLOSED,
    1001: CloseReason.CLIENT_CLOSED,  # a page that is left
    1005: CloseReason.CLIENT_CLOSED,  # no code; uvicorn also says it of a connection that broke
    1012: CloseReason.SERVER_SHUTDOWN,  # uvicorn says it of itself
}
"""What codes mean (RFC 6455, section 7.4.1); others say that something broke."""


class StarletteSocket:
    """A ``transports.sockets.text_socket.TextSocket``.

    Args:
        websocket: accepted.
    """

    def __init__(self, websocket: WebSocket) -> None:
        self._websocket = websocket
        self._gone: CloseReason | None = None

    async def receive(self) -> str | bytes:
        """Wait for the next message."""
        if self._gone is None:
            message = await self._websocket.receive()
            if message["type"] != "websocket.disconnect":
                return _content(message)
            self._gone = REASONS.get(message.get("code", 1005), CloseReason.PEER_LOST)
        raise SocketClosedError(self._gone)

    async def send(self, text: str) -> None:
        """Send a message."""
        try:
            await self._websocket.send_text(text)
        except (WebSocketDisconnect, RuntimeError, OSError):
            # RuntimeError: Starlette's and uvicorn's for a socket that was closed meanwhile.
            raise SocketClosedError(CloseReason.PEER_LOST) from None

    async def close(self, reason: str = "") -> None:
        """Say goodbye with code 1000 and close."""
        with contextlib.suppress(
            WebSocketDisconnect, RuntimeError, OSError
        ):  # it is closed already
            await self._websocket.close(1000, reason)


async def accepted(websocket: WebSocket) -> StarletteSocket:
    """Accept a websocket, unless the app's own route has, and return it."""
    if websocket.application_state is WebSocketState.CONNECTING:
        await websocket.accept()
    return StarletteSocket(websocket)


def _content(message: Message) -> str | bytes:
    text: str | None = message.get("text")
    data: bytes | None = message.get("bytes")
    return text if text is not None else data or b""
