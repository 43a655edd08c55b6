"""A websocket as an ASGI server gives it to an app, with a client's end that a test holds."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from starlette.websockets import WebSocket

from gradio_webrtc.session.state import CloseReason
from gradio_webrtc.transports.sockets.text_socket import SocketClosedError
from tests.support.memory_socket import MemorySocket
from tests.support.sessions import until

CODES = {CloseReason.CLIENT_CLOSED: 1000, CloseReason.PEER_LOST: 1006}


class AsgiWebSocket(MemorySocket):
    """The client's end of ``websocket``, with the members of ``MemorySocket``.

    Attributes:
        websocket: what the app gets.
        accepted: whether the app took it.
        code: with which the app closed it.
    """

    def __init__(self, **headers: str) -> None:
        super().__init__()
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        scope = {
            "type": "websocket",
            "path": "/",
            "headers": raw,
            "client": ("192.0.2.7", 1),
            "extensions": {},
        }
        self.websocket = WebSocket(scope, self._give, self._take)
        self.accepted = False
        self.code: int | None = None
        self._connected = False

    async def _give(self) -> dict[str, Any]:
        if not self._connected:
            self._connected = True
            return {"type": "websocket.connect"}
        try:
            message = await self.receive()
        except SocketClosedError as closed:
            return {"type": "websocket.disconnect", "code": CODES[closed.reason]}
        kind = "text" if isinstance(message, str) else "bytes"
        return {"type": "websocket.receive", kind: message}

    async def _take(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "websocket.accept":
            self.accepted = True
        elif message["type"] == "websocket.close":
            self.code = message["code"]
            await self.close(message["reason"])
        else:
            try:
                await self.send(message["text"])
            except SocketClosedError:
                raise OSError from None  # as servers say it

    def begin(self, websocket_id: str = "a", **more: Any) -> None:
        """Say ``start``."""
        self.put({"event": "start", "websocket_id": websocket_id, **more})

    async def over(self) -> None:
        """Wait until the app has closed it."""
        await until(lambda: self.closed is not None, 3600)
