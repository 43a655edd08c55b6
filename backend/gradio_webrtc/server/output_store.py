"""Where a stream's additional outputs wait: by page for listeners, by id for everybody else."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Hashable, Iterable
from typing import TYPE_CHECKING

from gradio_webrtc.concurrency.drop_oldest_queue import DropOldestQueue
from gradio_webrtc.concurrency.served_time import ServedTimer, call_later
from gradio_webrtc.handlers.emitted import AdditionalOutputs
from gradio_webrtc.session.ids import may_act
from gradio_webrtc.session.output_mailbox import KEPT_SECONDS, OutputMailbox, OutputMailboxes

if TYPE_CHECKING:
    from gradio_webrtc.session.session import Session

MAX_KEPT = 100
"""Ended sessions whose unread outputs are kept for a reader by id; then the oldest go."""


class OutputStore:
    """Gives each session its mailbox, and keeps what a session leaves behind for a while.

    Belongs to one event loop.
    """

    def __init__(self) -> None:
        self.mailboxes = OutputMailboxes()
        self._left: OrderedDict[str, tuple[str | None, DropOldestQueue[AdditionalOutputs]]] = (
            OrderedDict()
        )
        self._timers: dict[str, ServedTimer] = {}

    def attach(self, session: Session, listeners: Iterable[Hashable]) -> None:
        """Give ``session`` a mailbox if it is a page's and somebody listens. Before it starts."""
        readers = list(listeners)
        if session.owner is not None and readers:
            session.mailbox = self.mailboxes.open(session.owner, readers)
        session.on_closed_callbacks.append(self._detach)

    def mailbox(self, owner: str | None) -> OutputMailbox | None:
        """Return a page's mailbox, if it has one."""
        return self.mailboxes.find(owner)

    def left_of(
        self, webrtc_id: object, page: str | None = None
    ) -> DropOldestQueue[AdditionalOutputs] | None:
        """Return what an ended session left to be read by its id, if that is still here.

        Args:
            page: whose session it must be, ``None`` for anybody's.
        """
        left = self._left.get(webrtc_id) if isinstance(webrtc_id, str) else None
        if left is None or not may_act(page, left[0]):
            return None
        return left[1]

    def clear(self) -> None:
        """Let go of everything that belongs to no session; idempotent."""
        self.mailboxes.clear()
        for webrtc_id in list(self._left):
            self._forget(webrtc_id)

    def _detach(self, session: Session) -> None:
        if session.mailbox is not None and session.owner is not None:
            self.mailboxes.close(session.owner)
        if len(session.outputs):
            self._left[session.webrtc_id] = (session.owner, session.outputs)
            loop = asyncio.get_running_loop()
            timer = call_later(loop, KEPT_SECONDS, self._forget, session.webrtc_id)
            self._timers[session.webrtc_id] = timer
        while len(self._left) > MAX_KEPT:
            self._forget(next(iter(self._left)))

    def _forget(self, webrtc_id: str) -> None:
        self._left.pop(webrtc_id, None)
        timer = self._timers.pop(webrtc_id, None)
        if timer is not None:
            timer.cancel()
