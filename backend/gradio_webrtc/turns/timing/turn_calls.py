"""Calling an author's function with the timings of each turn, beside the conversation."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from gradio_webrtc.concurrency.drop_oldest_queue import DropOldestQueue
from gradio_webrtc.concurrency.user_errors import name_of
from gradio_webrtc.concurrency.waiting import cancel_and_wait
from gradio_webrtc.concurrency.worker import Worker
from gradio_webrtc.handlers.invoke import CLOSE_S, call
from gradio_webrtc.turns.timing.turn_timings import TurnTimings

logger = logging.getLogger(__name__)

OnTurn: TypeAlias = Callable[[TurnTimings], Awaitable[None] | None]
"""Takes the timings of a turn that is over; sync or async."""

MOST_WAITING = 64
"""Turns take seconds: with so many waiting the function is stuck, and the oldest are dropped."""


class TurnCalls:
    """Calls ``on_turn`` with one turn after the other, and logs what it raises.

    Sync code runs on a thread of its own. Belongs to the event loop.
    """

    def __init__(self, on_turn: OnTurn) -> None:
        """Begin to call ``on_turn``, with the context variables of the running code."""
        self._on_turn = on_turn
        self._queue: DropOldestQueue[TurnTimings] = DropOldestQueue(MOST_WAITING)
        self._worker = Worker(f"{name_of(on_turn)} (on_turn)")
        self._calling = asyncio.ensure_future(self._call_all())

    def tell(self, timings: TurnTimings) -> None:
        """Let the function be called; waits for nothing."""
        self._queue.put(timings)

    async def aclose(self) -> None:
        """Let what waits be called, within a second, and end the thread. Idempotent."""
        self._queue.close()
        await asyncio.wait({self._calling}, timeout=CLOSE_S)
        await cancel_and_wait(self._calling)
        await self._worker.aclose()
        if self._queue.dropped:
            text = "%s was not called for %d turns: it takes too long"
            logger.warning(text, name_of(self._on_turn), self._queue.dropped)

    async def _call_all(self) -> None:
        async for timings in self._queue:
            try:
                await call(self._on_turn, timings, worker=self._worker)
            except Exception:  # whatever the author's code raised: it is no part of the reply
                logger.exception("%s failed", name_of(self._on_turn))
