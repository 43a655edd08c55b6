"""The first event of a websocket: who comes, and what it asks for."""

from __future__ import annotations

from gradio_webrtc.errors import NotStartedError
from gradio_webrtc.json_values import JsonObject
from gradio_webrtc.transports.sockets.codec import checked_text, json_object
from gradio_webrtc.transports.sockets.start_deadline import started
from gradio_webrtc.transports.sockets.text_socket import TextSocket
from gradio_webrtc.transports.websocket.codec import PONG

MAX_PINGS = 10
"""Pings that are answered before."""


async def read_start(socket: TextSocket) -> JsonObject:
    """Wait for a client's ``start`` and return it. Only pings may come before.

    Raises:
        NotStartedError: it did not come in time, or something else came.
        InvalidMessageError: what came is no message.
        SocketClosedError: the client is gone.
    """
    return await started(_read(socket), 'No "start" event came')


async def _read(socket: TextSocket) -> JsonObject:
    for _ in range(MAX_PINGS):
        message = json_object(checked_text(await socket.receive()))
        event = message.get("event")
        if event == "start":
            return message
        if event != "ping":
            break
        await socket.send(PONG)
    raise NotStartedError('The first event must be {"event": "start", "websocket_id": ...}.')
