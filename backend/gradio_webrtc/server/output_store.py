"""Where a stream's additional outputs wait: by page for listeners, by id for everybody else."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Hashable, Iterable

from gradio_webrtc.concurrency.drop_oldest_queue import DropOldestQueue
from gradio_webrtc.concurrency.served_time import ServedTimer, call_later
from gradio_webrtc.handlers.emitted import AdditionalOutputs
from gradio_webrtc.server.output_mailbox import (
    KEPT_SECONDS,
    OUTPUT_CAPACITY,
    Delivery,
    OutputMailbox,
    OutputMailboxes,
)
from gradio_webrtc.session.ids import may_act

MAX_KEPT = 100
"""Ended sessions whose unread outputs are kept for a reader by id; then the oldest go."""


class SessionOutputs:
    """One session's outputs. Implements ``session.output_announcements.OutputSink``.

    Args:
        webrtc_id: the session's id.
        mailbox: the page's, if it listens.
        closed: is told when the session has ended.

    Attributes:
        read_by_id: whether somebody reads them by the session's id though the page has a mailbox.
    """

    def __init__(
        self,
        webrtc_id: str,
        mailbox: OutputMailbox | None = None,
        closed: Callable[[SessionOutputs], None] = lambda _: None,
    ) -> None:
        self.webrtc_id = webrtc_id
        self.mailbox = mailbox
        self.read_by_id = False
        self._by_id: DropOldestQueue[AdditionalOutputs] = DropOldestQueue(OUTPUT_CAPACITY)
        self._closed = closed

    def __len__(self) -> int:
        """How many wait for a reader by id."""
        return len(self._by_id)

    @property
    def dropped(self) -> int:
        """How many a reader by id has lost."""
        return self._by_id.dropped

    def put(self, outputs: AdditionalOutputs) -> None:
        """Keep ``outputs`` for the page's listeners, and for a reader by id if there may be one."""
        if self.mailbox is not None:
            self.mailbox.put(Delivery(self.webrtc_id, outputs))
        if self.mailbox is None or self.read_by_id:
            self._by_id.put(outputs)

    def waiting(self) -> bool:
        """Whether the page's listeners have some to fetch, also of a session before."""
        return self.mailbox is not None and self.mailbox.waiting() > 0

    def read(self) -> AsyncIterator[AdditionalOutputs]:
        """Yield the outputs, from now on also those of a page with listeners, until the end."""
        self.read_by_id = True
        return self._by_id

    def close(self) -> None:
        """The session has ended."""
        self._by_id.close()
        self._closed(self)


class OutputStore:
    """Gives each session its sink, and keeps what a session leaves behind for a while.

    Belongs to one event loop.
    """

    def __init__(self) -> None:
        self.mailboxes = OutputMailboxes()
        self._left: OrderedDict[str, tuple[str | None, SessionOutputs]] = OrderedDict()
        self._timers: dict[str, ServedTimer] = {}

    def open(
        self, webrtc_id: str, owner: str | None, listeners: Iterable[Hashable]
    ) -> SessionOutputs:
        """Return where a session puts its outputs; it must close it when it ends.

        Args:
            webrtc_id: the session's id.
            owner: the page it belongs to, ``None`` for none.
            listeners: who fetches the outputs of pages.
        """
        readers = list(listeners)
        mailbox = self.mailboxes.open(owner, readers) if owner is not None and readers else None
        return SessionOutputs(webrtc_id, mailbox, lambda outputs: self._ended(outputs, owner))

    def mailbox(self, owner: str | None) -> OutputMailbox | None:
        """Return a page's mailbox, if it has one."""
        return self.mailboxes.find(owner)

    def left_of(
        self, webrtc_id: object, page: str | None = None
    ) -> AsyncIterator[AdditionalOutputs] | None:
        """Return what an ended session left to be read by its id, if that is still here.

        Args:
            page: whose session it must be, ``None`` for anybody's.
        """
        left = self._left.get(webrtc_id) if isinstance(webrtc_id, str) else None
        if left is None or not may_act(page, left[0]):
            return None
        return left[1].read()

    def clear(self) -> None:
        """Let go of everything that belongs to no session; idempotent."""
        self.mailboxes.clear()
        for webrtc_id in list(self._left):
            self._forget(webrtc_id)

    def _ended(self, outputs: SessionOutputs, owner: str | None) -> None:
        if outputs.mailbox is not None and owner is not None:
            self.mailboxes.close(owner)
        if len(outputs):
            self._left[outputs.webrtc_id] = (owner, outputs)
            loop = asyncio.get_running_loop()
            timer = call_later(loop, KEPT_SECONDS, self._forget, outputs.webrtc_id)
            self._timers[outputs.webrtc_id] = timer
        while len(self._left) > MAX_KEPT:
            self._forget(next(iter(self._left)))

    def _forget(self, webrtc_id: str) -> None:
        self._left.pop(webrtc_id, None)
        timer = self._timers.pop(webrtc_id, None)
        if timer is not None:
            timer.cancel()
