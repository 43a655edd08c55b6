"""What carries a call: WebRTC or a websocket."""

from __future__ import annotations

from typing import Protocol

MAX_CONTROL_BYTES = 16 * 1024
"""The server refuses larger messages."""

PING_SECONDS = 5.0
"""How often a client says that it is there; the server gives up after 20 s."""

PING = '{"type":"ping","data":""}'
GOODBYE = '{"type":"end_stream","data":""}'


class Link(Protocol):
    """One connection to a stream. What it receives goes into the call's ``Received``."""

    async def open(self, webrtc_id: str) -> None:
        """Ask for the connection; returns when it was granted.

        Raises:
            ClientError: it was not.
        """
        ...

    async def connected(self) -> None:
        """Wait until media can flow, or the call is over."""
        ...

    def send_text(self, text: str) -> None:
        """Send a message as it is."""
        ...

    async def aclose(self) -> None:
        """Say goodbye and let everything go. Idempotent."""
        ...
