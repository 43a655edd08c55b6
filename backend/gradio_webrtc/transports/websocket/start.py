"""The first event of a websocket: who comes, and what it asks for."""

from __future__ import annotations

import asyncio

from gradio_webrtc.concurrency.served_time import wait
from gradio_webrtc.concurrency.waiting import cancel_and_wait
from gradio_webrtc.errors import NotStartedError
from gradio_webrtc.json_values import JsonObject
from gradio_webrtc.transports.sockets.codec import checked_text, json_object
from gradio_webrtc.transports.sockets.text_socket import TextSocket
from gradio_webrtc.transports.websocket.codec import PONG

START_SECONDS = 10.0
"""How long a client may take until it says ``start``: as for its first sign after an offer."""

MAX_PINGS = 10
"""Pings that are answered before."""


async def read_start(socket: TextSocket) -> JsonObject:
    """Wait for a client's ``start`` and return it. Only pings may come before.

    Raises:
        NotStartedError: it did not come in time, or something else came.
        InvalidMessageError: what came is no message.
        SocketClosedError: the client is gone.
    """
    reading = asyncio.ensure_future(_read(socket))
    try:
        if await wait([reading], START_SECONDS):
            return reading.result()
    finally:
        await cancel_and_wait(reading)
    raise NotStartedError(f'No "start" event came within {START_SECONDS:g} seconds.')


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
