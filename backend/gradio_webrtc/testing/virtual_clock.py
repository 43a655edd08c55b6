"""An event loop whose time passes as soon as nothing is left to do: ten seconds cost nothing.

The library ``looptime`` does this for coroutines. Here sync user code, voice detection and speech
run on threads, and time has to stand still for those: a reply that a thread computes for 50 ms
would else come minutes later.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from typing import Any, TypeVar

T = TypeVar("T")

COMPUTING_SECONDS = 30.0
"""So long time stands still for threads that compute; loading models takes seconds. Then it goes on
at its real pace, so that a thread which polls for what time brings does not poll for ever."""

SOCKETS_SECONDS = 3.0
"""The same for sockets, which may be open with nothing to come."""

WAKING_SECONDS = 0.0005
"""What a thread that waits in ``queue.get()`` may take to notice that something was put."""


TURN_SECONDS = 1e-6
"""What each turn of the loop takes: who asks again and again whether it is time comes to an end."""


class _Selector(selectors.DefaultSelector):
    """Waits for sockets and threads really, and for timers by moving the clock."""

    owner: VirtualClockLoop

    def select(self, timeout: float | None = None) -> Any:
        """Return what is ready; see ``selectors.BaseSelector.select``."""
        owner = self.owner
        owner.pass_time(TURN_SECONDS)
        if timeout is None or timeout <= 0:
            return super().select(timeout)
        ready = super().select(0)
        if not ready and owner.has_waiting_threads:
            ready = super().select(WAKING_SECONDS)
        if ready:
            return ready
        if not owner.is_busy:
            owner.pass_time(timeout)
            return []
        left = owner.grace_left()
        if left > 0:
            return super().select(min(left, 0.05))
        began = time.monotonic()
        ready = super().select(timeout)
        owner.pass_time(min(timeout, time.monotonic() - began))
        return ready


class VirtualClockLoop(asyncio.SelectorEventLoop):
    """``asyncio``'s own loop with another clock. ``time()`` begins where the real clock is."""

    def __init__(self) -> None:
        self._now = time.monotonic()
        self._on_threads: dict[asyncio.Future[Any], Callable[[], bool] | None] = {}
        self._others_since: float | None = None
        self._computing = False
        selector = _Selector()
        selector.owner = self
        super().__init__(selector)
        self._own = len(selector.get_map())
        self._waiting = selector

    def time(self) -> float:
        """Return the virtual time in seconds."""
        return self._now

    def pass_time(self, seconds: float) -> None:
        """Let time pass."""
        self._now += seconds

    @property
    def has_waiting_threads(self) -> bool:
        """Whether a thread waits for somebody else."""
        return any(waits is not None and waits() for waits in self._on_threads.values())

    @property
    def is_busy(self) -> bool:
        """Whether threads compute for this loop, or it has sockets."""
        self._computing = any(waits is None or not waits() for waits in self._on_threads.values())
        busy = self._computing or len(self._waiting.get_map()) > self._own
        if not busy:
            self._others_since = None
        return busy

    def grace_left(self) -> float:
        """Return for how many real seconds time stands still yet for threads and sockets."""
        now = time.monotonic()
        if self._others_since is None:
            self._others_since = now
        grace = COMPUTING_SECONDS if self._computing else SOCKETS_SECONDS
        return grace - (now - self._others_since)

    def count_thread_work(
        self, result: asyncio.Future[Any], waits: Callable[[], bool] | None = None
    ) -> None:
        """Let time stand still until ``result`` is there, or its thread ``waits``."""
        self._on_threads[result] = waits
        result.add_done_callback(lambda done: self._on_threads.pop(done, None))

    def run_in_executor(  # type: ignore[override]
        self, executor: Executor | None, func: Callable[..., T], *args: Any
    ) -> asyncio.Future[T]:
        """Run ``func`` on a thread; time stands still until it has returned."""
        result = super().run_in_executor(executor, func, *args)
        self.count_thread_work(result)
        return result


def run_virtually(work: Coroutine[Any, Any, T]) -> T:
    """Return what ``work`` does, run as by ``asyncio.run`` on a loop with a virtual clock."""
    loop = VirtualClockLoop()
    try:
        return loop.run_until_complete(work)
    finally:
        try:
            _cancel_all(loop)
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.run_until_complete(loop.shutdown_default_executor())
        finally:
            loop.close()


def _cancel_all(loop: asyncio.AbstractEventLoop) -> None:
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
