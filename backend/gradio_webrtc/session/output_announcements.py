"""Additional outputs of a session: where they go, and how its client is told that they wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Protocol

from gradio_webrtc.handlers.emitted import AdditionalOutputs
from gradio_webrtc.session import messages
from gradio_webrtc.session.transport import Transport

MESSAGES_PER_S = 50.0
"""How many messages a second go on for long; what comes in between is announced together."""
BURST = 10.0
"""How many may go at once after a pause."""


class OutputSink(Protocol):
    """Takes what one session's handler says on the side. Every call is made on the event loop."""

    @property
    def dropped(self) -> int:
        """How many outputs were lost because nobody read them in time."""
        ...

    def put(self, outputs: AdditionalOutputs) -> None:
        """Keep ``outputs`` for those who will read them."""
        ...

    def waiting(self) -> bool:
        """Whether the client has some to fetch, maybe of a session before this one."""
        ...

    def read(self) -> AsyncIterator[AdditionalOutputs]:
        """Yield the outputs from now on, one after the other, until the session has ended."""
        ...

    def close(self) -> None:
        """The session has ended and puts no more. Called once."""
        ...


class Announcements:
    """Sends ``fetch_output`` for outputs that wait, at once unless there were many of late.

    So an output is announced 20 ms late at most, and a flood of them costs 50 messages a second.

    Args:
        loop: the event loop; its clock is used.
        transport: the wire.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, transport: Transport) -> None:
        self._loop = loop
        self._transport = transport
        self._allowed = BURST
        self._since = loop.time()
        self._waiting = 0
        self._timer: asyncio.TimerHandle | None = None

    def add(self) -> None:
        """One more output waits."""
        self._waiting += 1
        if self._timer is None:
            self._announce()

    def flush(self) -> None:
        """Announce at once what was held back."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._waiting:
            count, self._waiting = self._waiting, 0
            self._transport.send(messages.fetch_output(count))

    def _announce(self) -> None:
        now = self._loop.time()
        earned = (now - self._since) * MESSAGES_PER_S
        self._allowed, self._since = min(BURST, self._allowed + earned), now
        if self._allowed >= 1:
            self._allowed -= 1
            self.flush()
        else:
            delay = (1 - self._allowed) / MESSAGES_PER_S
            self._timer = self._loop.call_later(delay, self._due)

    def _due(self) -> None:
        self._since, self._allowed = self._loop.time(), 0.0
        self.flush()
