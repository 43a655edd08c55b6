"""Waiting for news or a moment, whichever comes first, at the cost of one future and one timer."""

from __future__ import annotations

import asyncio


class Wakeup:
    """A latch that wakes all who wait. ``asyncio.wait_for`` would make a task for every frame."""

    def __init__(self) -> None:
        self._set = False
        self._waiting: set[asyncio.Future[None]] = set()

    def set(self) -> None:
        """Wake all who wait, or let the next ``wait`` return at once."""
        self._set = not self._waiting
        for waiter in self._waiting:
            _finish(waiter)

    async def wait(self, timeout: float | None = None) -> None:
        """Return when ``set`` was called since the last ``wait``, or after ``timeout`` seconds."""
        if self._set:
            self._set = False
            return
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[None] = loop.create_future()
        self._waiting.add(waiter)
        timer = None if timeout is None else loop.call_later(timeout, _finish, waiter)
        try:
            await waiter
        finally:
            self._waiting.discard(waiter)
            if timer is not None:
                timer.cancel()


def _finish(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)
