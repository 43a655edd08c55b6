"""The first messages of a call: ``connected`` and ``start``."""

from __future__ import annotations

from gradio_webrtc.errors import InvalidMessageError, NotStartedError
from gradio_webrtc.transports.sockets.start_deadline import started
from gradio_webrtc.transports.sockets.text_socket import TextSocket
from gradio_webrtc.transports.telephone.twilio_messages import Connected, Start, parse

MAX_CONNECTED = 3
"""Messages that may come before ``start``."""


async def read_start(socket: TextSocket) -> Start:
    """Wait for the ``start`` of a call and return it.

    Raises:
        NotStartedError: it did not come in time, or something else came.
        InvalidMessageError: what came is no message.
        SocketClosedError: the other end is gone.
    """
    return await started(_read(socket), "A call did not start")


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
