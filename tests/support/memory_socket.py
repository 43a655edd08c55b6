"""A socket of texts within the process, with a client's end that a test holds."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import Any

import numpy as np

from gradio_webrtc.media.audio import mu_law
from gradio_webrtc.session.state import CloseReason
from gradio_webrtc.transports.sockets.text_socket import SocketClosedError


class MemorySocket:
    """Implements ``transports.sockets.text_socket.TextSocket``.

    Attributes:
        sent: what the server sent, with the loop's time.
        closed: the reason with which the server closed, or ``None``.
        reads: while unset, the client takes nothing.
        unread: how many messages of the client the server has not read.
    """

    def __init__(self) -> None:
        self.sent: list[tuple[float, str]] = []
        self.closed: str | None = None
        self.reads = asyncio.Event()
        self.reads.set()
        self._inbox: asyncio.Queue[str | bytes | CloseReason] = asyncio.Queue()
        self._gone: CloseReason | None = None

    # -- the server's end ----------------------------------------------------------------------

    async def receive(self) -> str | bytes:
        """Wait for what the client sends."""
        if self._gone is None:
            message = await self._inbox.get()
            if not isinstance(message, CloseReason):
                return message
            self._gone = message
        raise SocketClosedError(self._gone)

    async def send(self, text: str) -> None:
        """Give it to the client, when it reads."""
        await self.reads.wait()
        if self._gone is not None:
            raise SocketClosedError(CloseReason.PEER_LOST)
        self.sent.append((asyncio.get_running_loop().time(), text))

    async def close(self, reason: str = "") -> None:
        """Close, when the client reads."""
        if self.closed is None:
            self.closed = reason
        await self.reads.wait()

    # -- the client's end ----------------------------------------------------------------------

    def put(self, message: Any) -> None:
        """Send JSON, or text and bytes as they are."""
        self._inbox.put_nowait(message if isinstance(message, str | bytes) else json.dumps(message))

    def put_sound(self, samples: np.ndarray) -> None:
        """Send int16 as mu-law."""
        self.put(media(mu_law.encode(samples)))

    def hang_up(self, reason: CloseReason = CloseReason.CLIENT_CLOSED) -> None:
        """Close, or break."""
        self._inbox.put_nowait(reason)

    @property
    def unread(self) -> int:
        """How many messages of the client the server has not read."""
        return self._inbox.qsize()

    @property
    def messages(self) -> list[dict[str, Any]]:
        """What came that is no sound."""
        decoded = [json.loads(text) for _, text in self.sent]
        return [message for message in decoded if message.get("event") != "media"]

    @property
    def sounds(self) -> list[tuple[float, bytes]]:
        """The sound that came, as it came, with the loop's time."""
        decoded = [(time, json.loads(text)) for time, text in self.sent]
        return [
            (time, base64.b64decode(message["media"]["payload"]))
            for time, message in decoded
            if message.get("event") == "media"
        ]

    def of_type(self, kind: str) -> list[dict[str, Any]]:
        """Return the channel messages of one type."""
        return [message for message in self.messages if message.get("type") == kind]


def media(data: bytes) -> dict[str, Any]:
    """Return the event that carries ``data``."""
    return {"event": "media", "media": {"payload": base64.b64encode(data).decode()}}
