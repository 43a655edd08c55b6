"""Noticing that nothing is heard of a client any more, with one timer that packets do not touch."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from gradio_webrtc.concurrency.served_time import ServedTimer, call_later, watch_of


class Silence:
    """Calls ``expired()`` once when nothing was heard for ``limit`` seconds of served time.

    Nothing happens before ``watch``. The timer arms itself for what is left of the time instead of
    being reset by every packet.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, limit: float, expired: Callable[[], None]
    ) -> None:
        self._loop = loop
        self._limit = limit
        self._expired = expired
        self._watch = watch_of(loop)
        self._last_heard = 0.0
        self._timer: ServedTimer | None = None
        self._over = False

    def heard(self) -> None:
        """There was a sign of life."""
        self._last_heard = self._watch.time()

    def watch(self) -> None:
        """Expect one every ``limit`` seconds from now on. Idempotent."""
        if self._timer is None and not self._over:
            self._arm(self._limit)

    def cancel(self) -> None:
        """Expect nothing any more. Idempotent."""
        self._over = True
        if self._timer is not None:
            self._timer.cancel()

    def _arm(self, delay: float) -> None:
        self._timer = call_later(self._loop, delay, self._look)

    def _look(self) -> None:
        remaining = self._last_heard + self._limit - self._watch.time()
        if remaining > 0:
            self._arm(remaining)
        else:
            self._over = True
            self._expired()
