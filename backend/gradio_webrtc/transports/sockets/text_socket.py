"""The socket itself, as little of it as a session needs."""

from __future__ import annotations

from typing import Protocol

from gradio_webrtc.session.state import CloseReason


class SocketClosedError(Exception):
    """Nothing can be sent or received any more.

    Attributes:
        reason: why, as far as the socket tells.
    """

    def __init__(self, reason: CloseReason = CloseReason.CLIENT_CLOSED) -> None:
        super().__init__(f"The socket is closed: {reason.value}.")
        self.reason = reason


class TextSocket(Protocol):
    """Two ordered streams of messages. One task receives, one sends, any closes."""

    async def receive(self) -> str | bytes:
        """Wait for the next message.

        A caller that does not come back lets the client wait: what it sends stays in its buffers.

        Raises:
            SocketClosedError: there will be none.
        """
        ...

    async def send(self, text: str) -> None:
        """Send a message; waits while the client does not take what was sent before.

        Raises:
            SocketClosedError: it cannot be sent.
        """
        ...

    async def close(self, reason: str = "") -> None:
        """Say goodbye and close. Idempotent; raises nothing when the client is gone.

        Args:
            reason: a word for the client, at most 123 bytes.
        """
        ...
