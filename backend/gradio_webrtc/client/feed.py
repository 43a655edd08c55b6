"""What a call received, in order: kept for a while, and read by as many as want to."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Generic, TypeVar

from gradio_webrtc.client.errors import CallEndedError, NothingCameError
from gradio_webrtc.concurrency.waiting import finished_within

T = TypeVar("T")


class Feed(Generic[T]):
    """``async for item in feed``: what is kept, then what comes, until the call is over.

    Each loop has a place of its own, and one that is too slow misses what is not kept any more.
    Belongs to one event loop.

    Args:
        name: of what comes, for errors.
        keep: how many items are kept.

    Attributes:
        count: how many came so far.
    """

    def __init__(self, name: str, keep: int) -> None:
        self.count = 0
        self._name = name
        self._kept: deque[T] = deque(maxlen=keep)
        self._listeners: list[Callable[[T], None]] = []
        self._news = asyncio.Event()
        self._ended: str | None = None

    def put(self, item: T) -> None:
        """Something came."""
        self.count += 1
        self._kept.append(item)
        for listener in self._listeners:
            listener(item)
        self._wake()

    def end(self, reason: str) -> None:
        """Nothing more will come. Idempotent."""
        if self._ended is None:
            self._ended = reason
            self._wake()

    def listen(self, listener: Callable[[T], None]) -> None:
        """Call ``listener`` with each item at the moment it comes, on the event loop."""
        self._listeners.append(listener)

    @property
    def kept(self) -> tuple[T, ...]:
        """What is kept, the oldest first."""
        return tuple(self._kept)

    async def __aiter__(self) -> AsyncIterator[T]:
        """Go through what is kept, then through what comes."""
        async for item in self.after(0):
            yield item

    async def after(self, number: int) -> AsyncIterator[T]:
        """Go through what came after the first ``number`` items: ``feed.after(feed.count)``."""
        at = number
        while True:
            at = max(at, self.count - len(self._kept))
            if at < self.count:
                at += 1
                yield self._kept[at - 1 - (self.count - len(self._kept))]
            elif self._ended is not None:
                return
            else:
                await self._news.wait()

    async def first(
        self, wanted: Callable[[T], bool], *, within_s: float = 30.0, after: int = 0
    ) -> T:
        """Return the first item that is ``wanted``, of those kept and those that come.

        Args:
            wanted: says whether an item is it.
            within_s: how long to wait for it.
            after: how many items, from the first of the call on, are passed over.

        Raises:
            NothingCameError: none came in time.
            CallEndedError: the call ended before.
        """
        found: list[T] = []

        async def look() -> None:
            async for item in self.after(after):
                if wanted(item):
                    found.append(item)
                    return

        await finished_within(look(), within_s)
        if found:
            return found[0]
        came = ", ".join(str(item) for item in list(self._kept)[-8:]) or "nothing"
        if self._ended is not None:
            raise CallEndedError(
                f"The call ended ({self._ended}) before this {self._name} came; it had {came}.",
                self._ended,
            )
        raise NothingCameError(
            f"No such {self._name} came within {within_s:g} s; what came last was {came}."
        )

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()
