"""Deadlines that do not count the time for which the event loop stood still.

Blocking code in somebody's ``async def`` stops everybody's packets from being read. When it is
over, timers are due at once while the packets still wait, so deadlines measured by the clock would
end every session for the server's own fault. ``ServedTime`` is pure; ``LoopWatch`` feeds it with a
timer of its loop while there are sessions, and ``call_later`` and ``wait`` go by it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, ParamSpec
from weakref import WeakKeyDictionary, ref

from gradio_webrtc.concurrency.loop_watchdog import WATCHDOG, Watched

P = ParamSpec("P")

TICK_SECONDS = 2.0
"""How often a loop with sessions shows that it runs, however many they are; so long at most of a
block counts as if it had run."""

LATE_SECONDS = 0.25
"""What a busy loop and a busy machine may be late by without its being called a block."""

GRACE_SECONDS = 0.5
"""A deadline whose own timer was late passes this much later at the earliest: time to read what has
arrived meanwhile. It makes up for short blocks too, which the ticks do not show."""


_ROUNDING = 1e-6
"""Seconds that are left by rounding and no reason to wait again."""


class ServedTime:
    """The clock's time less the time in which the loop could not run.

    Args:
        now: seconds of the loop's clock.
        interval: seconds between two calls of ``tick`` when nothing is blocked.
    """

    def __init__(self, now: float, interval: float = TICK_SECONDS) -> None:
        self._interval = interval
        self._expected: float | None = now + interval
        self._lost = 0.0

    def tick(self, now: float) -> float:
        """The loop runs and will tick again in ``interval``; return the seconds just lost."""
        lost = self._late(now)
        self._lost += lost
        self._expected = now + self._interval
        return lost

    @property
    def lost(self) -> float:
        """Seconds that were lost in all."""
        return self._lost

    def pause(self, now: float) -> None:
        """No more ticks will come for now."""
        self.tick(now)
        self._expected = None

    def at(self, now: float) -> float:
        """Return the served time at ``now``, also in the first callback after a block."""
        return now - self._lost - self._late(now)

    def _late(self, now: float) -> float:
        late = 0.0 if self._expected is None else now - self._expected
        return late if late > LATE_SECONDS else 0.0


class LoopWatch:
    """One event loop's served time, measured while somebody uses it. Belongs to that loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = ref(loop)  # the watch is kept for as long as its loop, not the other way round
        self._served = ServedTime(loop.time())
        self._served.pause(loop.time())
        self._users = 0
        self._timer: asyncio.TimerHandle | None = None
        self._watched: Watched | None = None

    def time(self) -> float:
        """Return the served time now."""
        return self._served.at(self._running().time())

    @property
    def stood_still(self) -> float:
        """Seconds for which the loop ran nothing, while somebody used it."""
        return self._served.lost

    def enter(self) -> None:
        """Measure from now on; call ``leave`` once for it."""
        self._users += 1
        if self._timer is None:
            self._watched = WATCHDOG.watch(self._running())
            self._tick()

    def leave(self) -> None:
        """Stop measuring if nobody else needs it."""
        self._users -= 1
        if self._users == 0 and self._timer is not None and self._watched is not None:
            self._timer.cancel()
            self._timer = None
            self._served.pause(self._now())
            WATCHDOG.dismiss(self._watched)
            self._watched = None

    def _tick(self) -> None:
        lost = self._served.tick(self._now())
        if self._watched is not None:
            self._watched.ticked(lost)
        self._timer = self._running().call_later(TICK_SECONDS, self._tick)

    def _now(self) -> float:
        return self._running().time()

    def _running(self) -> asyncio.AbstractEventLoop:
        loop = self._loop()
        if loop is None:
            raise RuntimeError("The event loop of this watch is gone.")
        return loop


_watches: WeakKeyDictionary[asyncio.AbstractEventLoop, LoopWatch] = WeakKeyDictionary()


def watch_of(loop: asyncio.AbstractEventLoop) -> LoopWatch:
    """Return the watch of ``loop``."""
    watch = _watches.get(loop)
    if watch is None:
        watch = _watches[loop] = LoopWatch(loop)
    return watch


class ServedTimer:
    """Calls ``callback()`` after ``delay`` seconds of served time. See ``call_later``."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        delay: float,
        callback: Callable[[], object],
    ) -> None:
        self._loop = loop
        self._callback = callback
        self._deadline = watch_of(loop).time() + delay
        self._arm(delay)

    def cancel(self) -> None:
        """Call nothing any more. Idempotent."""
        self._timer.cancel()

    def _arm(self, left: float) -> None:
        delay = _next_look(left)
        self._timer = self._loop.call_later(delay, self._look, self._loop.time() + delay)

    def _look(self, due: float) -> None:
        left = _left(self._deadline, due, self._loop)
        if left > 0:
            self._arm(left)
        else:
            self._callback()


def _next_look(left: float) -> float:
    """Return after how long to look at a deadline ``left`` seconds away.

    A last time shortly before it: if that is late there is grace, and if not the loop has been
    reading what arrives since.
    """
    return left - GRACE_SECONDS if left > GRACE_SECONDS + _ROUNDING else left


def _left(deadline: float, due: float, loop: asyncio.AbstractEventLoop) -> float:
    """Return the served time until ``deadline``, at a moment that was ``due`` on the clock."""
    left = deadline - watch_of(loop).time()
    if loop.time() - due > LATE_SECONDS:
        return max(left, GRACE_SECONDS)
    return left if left > _ROUNDING else 0.0


def call_later(
    loop: asyncio.AbstractEventLoop,
    delay: float,
    callback: Callable[P, object],
    *args: P.args,
    **kwargs: P.kwargs,
) -> ServedTimer:
    """``loop.call_later``, in served time."""
    return ServedTimer(loop, delay, partial(callback, *args, **kwargs))


async def wait(futures: Iterable[asyncio.Future[Any]], timeout: float | None) -> bool:
    """Wait until all of ``futures`` are done, at most ``timeout`` seconds of served time.

    Returns whether they are. Nothing is cancelled.
    """
    futures = list(futures)
    loop = asyncio.get_running_loop()
    if timeout is None:
        await asyncio.wait(futures)
        return True
    deadline = watch_of(loop).time() + timeout
    left = timeout
    while True:
        look = _next_look(left)
        due = loop.time() + look
        _, pending = await asyncio.wait(futures, timeout=look)
        if not pending:
            return True
        left = _left(deadline, due, loop)
        if left <= 0:
            return False
