"""The first messages of a call: ``connected`` and ``start``."""

from __future__ import annotations

import asyncio

from gradio_webrtc.concurrency.served_time import wait
from gradio_webrtc.concurrency.waiting import cancel_and_wait
from gradio_webrtc.errors import InvalidMessageError, NotStartedError
from gradio_webrtc.transports.sockets.text_socket import TextSocket
from gradio_webrtc.transports.telephone.twilio_messages import Connected, Start, parse

START_SECONDS = 10.0
"""How long both may take, which Twilio sends at once."""

MAX_CONNECTED = 3
"""Messages that may come before ``start``."""


async def read_start(socket: TextSocket) -> Start:
    """Wait for the ``start`` of a call and return it.

    Raises:
        NotStartedError: it did not come in time, or something else came.
        InvalidMessageError: what came is no message.
        SocketClosedError: the other end is gone.
    """
    reading = asyncio.ensure_future(_read(socket))
    try:
        if await wait([reading], START_SECONDS):
            return reading.result()
    finally:
        await cancel_and_wait(reading)
    raise NotStartedError(f"A call did not start within {START_SECONDS:g} seconds.")


async def _read(socket: TextSocket) -> Start:
    for _ in range(MAX_CONNECTED):
        text = await socket.receive()
        if isinstance(text, bytes):
            raise InvalidMessageError("A message of a call must be text.")
        message = parse(text)
        if isinstance(message, Start):
            return message
        if not isinstance(message, Connected):
            break
    raise NotStartedError("A call must begin with connected and start.")
