"""Where the event loop waits for something newer."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Pulse:
    """Wakes everybody who waits now; it is not remembered for those who come later."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def fire(self) -> None:
        """Wake all who wait."""
        for future in self._waiting:
            if not future.done():
                future.set_result(None)

    async def wait(self, timeout: float | None = None) -> None:
        """Wait for the next ``fire``, or at most ``timeout`` seconds."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        # asyncio.wait_for would make a task of it; this runs up to a hundred times a second.
        timer = None if timeout is None else loop.call_later(timeout, _finish, future)
        self._waiting.add(future)
        try:
            await future
        finally:
            self._waiting.discard(future)
            if timer is not None:
                timer.cancel()


def _finish(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


class NewestSlot(Generic[T]):
    """Holds the newest items, by default only one, for one taker; older ones are dropped.

    Attributes:
        dropped: how many items were replaced before they were taken.
    """

    def __init__(self, capacity: int = 1) -> None:
        self._items: deque[T] = deque(maxlen=capacity)
        self._filled = asyncio.Event()
        self.dropped = 0

    def put(self, item: T) -> None:
        """Add ``item``, in place of the oldest one when the slot is full."""
        if len(self._items) == self._items.maxlen:
            self.dropped += 1
        self._items.append(item)
        self._filled.set()

    async def take(self) -> T:
        """Wait until there is an item, and remove and return the oldest."""
        while not self._items:
            self._filled.clear()
            await self._filled.wait()
        return self._items.popleft()

    def clear(self) -> None:
        """Let go of what is held; it is not counted as dropped."""
        self._items.clear()
