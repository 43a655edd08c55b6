"""Additional outputs on their way to a page that fetches them, whatever becomes of its session."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass

from gradio_webrtc.concurrency.drop_oldest_queue import DropOldestQueue
from gradio_webrtc.concurrency.served_time import ServedTimer, call_later
from gradio_webrtc.concurrency.waiting import finished_within
from gradio_webrtc.handlers.emitted import AdditionalOutputs

logger = logging.getLogger(__name__)

OUTPUT_CAPACITY = 1000
"""Additional outputs kept for a reader that has not come yet; then the oldest are dropped."""

REST_SECONDS = 20.0
"""How long the page waits for calls that take their time, before it learns what is left."""

KEPT_SECONDS = 60.0
"""How long what nobody has fetched is kept after the last session: a reload or a slow listener."""

MAX_KEPT = 1000
"""Pages without a session whose outputs are kept; then those of the page that left first go."""


@dataclass(frozen=True)
class Delivery:
    """One output, and the session whose handler emitted it."""

    webrtc_id: str
    outputs: AdditionalOutputs


class OutputMailbox:
    """The outputs of one page, in order, for each of its readers.

    It belongs to the page and not to a session, so that what a handler says last is still fetched
    when its session is over, or when the page has connected anew.

    Args:
        readers: who will take the outputs; each gets every one.
    """

    def __init__(self, readers: Iterable[Hashable]) -> None:
        self._channels: dict[Hashable, DropOldestQueue[Delivery]] = {
            reader: DropOldestQueue(OUTPUT_CAPACITY) for reader in readers
        }
        self.taken = 0
        self._calls = 0
        self._rest = asyncio.Event()
        self._rest.set()

    @contextlib.contextmanager
    def call(self) -> Iterator[None]:
        """Count a call of a listener, which takes outputs until it leaves the block."""
        self._calls += 1
        self._rest.clear()
        try:
            yield
        finally:
            self._calls -= 1
            if self._calls == 0:
                self._rest.set()

    async def rested(self) -> bool:
        """Wait until no call runs, at most ``REST_SECONDS``; return whether there was one."""
        if self._rest.is_set():
            return False
        await finished_within(self._rest.wait(), REST_SECONDS)
        return True

    def put(self, delivery: Delivery) -> None:
        """Add an output for every reader."""
        for channel in self._channels.values():
            channel.put(delivery)

    def take(self, reader: Hashable) -> Delivery | None:
        """Return the next output for ``reader``, or ``None`` when it has had all."""
        channel = self._channels.get(reader)
        delivery = None if channel is None else channel.get_nowait()
        self.taken += delivery is not None
        return delivery

    def waiting(self, reader: Hashable | None = None) -> int:
        """How many outputs wait for ``reader``, or for the reader that has most to take."""
        if reader is not None:
            return len(self._channels.get(reader, ()))
        return max((len(channel) for channel in self._channels.values()), default=0)

    def count(self) -> dict[str, int]:
        """Return how many outputs wait and how many were taken, to be told to the page."""
        return {"waiting": self.waiting(), "taken": self.taken}

    @property
    def dropped(self) -> int:
        """How many outputs were lost because they were not fetched in time."""
        return sum(channel.dropped for channel in self._channels.values())


class OutputMailboxes:
    """The mailboxes of one stream's pages. Belongs to one event loop."""

    def __init__(self) -> None:
        self._boxes: dict[str, OutputMailbox] = {}
        self._sessions: dict[str, int] = {}
        self._timers: dict[str, ServedTimer] = {}

    def __len__(self) -> int:
        return len(self._boxes)

    def open(self, owner: str, readers: Iterable[Hashable]) -> OutputMailbox:
        """Return the page's mailbox, a new one if it has none; one more session fills it."""
        timer = self._timers.pop(owner, None)
        if timer is not None:
            timer.cancel()
        self._sessions[owner] = self._sessions.get(owner, 0) + 1
        return self._boxes.setdefault(owner, OutputMailbox(readers))

    def close(self, owner: str) -> None:
        """One of the page's sessions has ended; after the last one what is left waits a while."""
        self._sessions[owner] -= 1
        if self._sessions[owner]:
            return
        if self._boxes[owner].waiting():
            loop = asyncio.get_running_loop()
            self._timers[owner] = call_later(loop, KEPT_SECONDS, self._forget, owner)
            if len(self._timers) > MAX_KEPT:
                oldest = next(iter(self._timers))
                self._timers[oldest].cancel()
                self._forget(oldest)
        else:
            self._forget(owner)

    def find(self, owner: str | None) -> OutputMailbox | None:
        """Return the page's mailbox, if it has one."""
        return None if owner is None else self._boxes.get(owner)

    def clear(self) -> None:
        """Forget what belongs to no session; idempotent."""
        for owner in list(self._timers):
            self._timers[owner].cancel()
            self._forget(owner)

    def _forget(self, owner: str) -> None:
        self._timers.pop(owner, None)
        del self._sessions[owner]
        box = self._boxes.pop(owner)
        if box.waiting() or box.dropped:
            logger.warning(
                "a page did not fetch %d additional outputs, and lost %d before",
                box.waiting(),
                box.dropped,
            )
