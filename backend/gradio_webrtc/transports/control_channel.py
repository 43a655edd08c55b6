"""The control channel: messages wait until it opens, and are delivered before it closes."""

from __future__ import annotations

import asyncio
import logging
from collections import deque

from aiortc import RTCDataChannel

from gradio_webrtc.concurrency.waiting import finished_within

logger = logging.getLogger(__name__)

MAX_WAITING = 256
"""Messages kept while the channel is not open yet; older ones are dropped with a warning."""

MAX_BUFFERED_BYTES = 1024 * 1024
"""What may wait for a client that does not read; beyond it messages are dropped and counted."""


class ControlChannel:
    """Sends text over a data channel that the client opens some time."""

    def __init__(self) -> None:
        self._channel: RTCDataChannel | None = None
        self._waiting: deque[str] = deque(maxlen=MAX_WAITING)
        self._open = asyncio.Event()
        self.dropped = 0

    @property
    def attached(self) -> bool:
        """Whether the client has opened a channel."""
        return self._channel is not None

    @property
    def waiting(self) -> bool:
        """Whether something was said that could not be sent yet."""
        return bool(self._waiting)

    def attach(self, channel: RTCDataChannel) -> None:
        """Use ``channel``, which the client just opened, and send what waits."""
        self._channel = channel
        self._open.set()
        while self._waiting:
            self._transmit(self._waiting.popleft())

    def send(self, text: str) -> None:
        """Send ``text`` now, or as soon as the channel opens."""
        if self._channel is None:
            if len(self._waiting) == MAX_WAITING:
                self.dropped += 1
            self._waiting.append(text)
        else:
            self._transmit(text)

    async def opened(self, timeout: float) -> bool:
        """Wait until the channel is open; return whether it is."""
        return await finished_within(self._open.wait(), timeout)

    def _transmit(self, text: str) -> None:
        channel = self._channel
        if channel is None or channel.readyState != "open":
            return
        if channel.transport.transport.state != "connected":
            # The client has left. aiortc would try all the same, in a task that nobody awaits.
            return
        if channel.bufferedAmount > MAX_BUFFERED_BYTES:
            self.dropped += 1
            return
        try:
            channel.send(text)
        except ValueError as error:
            # The client announced a smaller maximum message size than this text needs.
            if not self.dropped:
                logger.warning("a control message was not sent: %s", error)
            self.dropped += 1
