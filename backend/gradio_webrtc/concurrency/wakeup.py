"""Waiting for news or a moment, whichever comes first, at the cost of one future and one timer."""

from __future__ import annotations

import asyncio

_NEVER = float("inf")
KEPT_SECONDS = 0.1
"""Timers up to this long are left to run out, and serve those who wait next meanwhile."""


class Wakeup:
    """A latch that wakes all who wait. ``asyncio.wait_for`` would make a task for every frame.

    Whoever waits fifty times a second for what comes in time nearly always needs its timer as
    rarely. So the timer is not taken back with each waiting: when it goes off, it wakes those
    whose time is up, and goes on to the next.
    """

    def __init__(self) -> None:
        self._set = False
        self._waiting: dict[asyncio.Future[None], float] = {}
        """Who waits, and until when on the loop's clock."""
        self._timer: asyncio.TimerHandle | None = None

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
        deadline = _NEVER if timeout is None else loop.time() + timeout
        self._waiting[waiter] = deadline
        if timeout is not None and (self._timer is None or self._timer.when() > deadline):
            self._ring_at(deadline, loop)
        try:
            await waiter
        finally:
            del self._waiting[waiter]
            if timeout is not None and timeout > KEPT_SECONDS:
                self._ring_at(min(self._waiting.values(), default=_NEVER), loop)

    def _ring_at(self, moment: float, loop: asyncio.AbstractEventLoop) -> None:
        if self._timer is not None:
            self._timer.cancel()
        never = moment == _NEVER
        self._timer = None if never else loop.call_at(moment, self._ring, moment, loop)

    def _ring(self, moment: float, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        following = _NEVER
        for waiter, deadline in self._waiting.items():
            if deadline <= moment:
                _finish(waiter)
            else:
                following = min(following, deadline)
        self._ring_at(following, loop)


def _finish(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)
