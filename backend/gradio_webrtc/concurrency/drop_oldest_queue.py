"""A bounded, closable queue between one writer and one reader on the event loop."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Generic, TypeVar

from gradio_webrtc.concurrency.wakeup import Wakeup

T = TypeVar("T")


class DropOldestQueue(Generic[T]):
    """An async iterator fed by ``put``, which never waits: the oldest item makes room.

    After ``close`` the reader gets what is left and then the iteration ends.

    Args:
        capacity: how many items are held at most; with 1 the newest only.

    Attributes:
        dropped: how many items were lost for want of room.
    """

    def __init__(self, capacity: int) -> None:
        self._items: deque[T] = deque()
        self._capacity = capacity
        self._ready = Wakeup()
        self._closed = False
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._items)

    @property
    def closed(self) -> bool:
        """Whether ``close`` was called."""
        return self._closed

    def put(self, item: T) -> None:
        """Add ``item``; ignored once closed."""
        if self._closed:
            return
        if len(self._items) >= self._capacity:
            self._items.popleft()
            self.dropped += 1
        self._items.append(item)
        self._ready.set()

    def close(self, *, discard: bool = False) -> None:
        """End the iteration after what is queued, or at once with ``discard``. Idempotent.

        What is discarded is not counted as dropped.
        """
        self._closed = True
        if discard:
            self._items.clear()
        self._ready.set()

    def get_nowait(self) -> T | None:
        """Return the oldest item without waiting, or ``None`` when there is none now."""
        return self._items.popleft() if self._items else None

    def __aiter__(self) -> AsyncIterator[T]:
        return self

    async def __anext__(self) -> T:
        if self._items:
            await asyncio.sleep(0)  # a reader that never waits must not hold up everybody else
        while not self._items:
            if self._closed:
                raise StopAsyncIteration
            await self._ready.wait()
        return self._items.popleft()
