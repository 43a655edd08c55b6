"""Tasks that nobody waits for: they end with their owner, and none fails in silence."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

logger = logging.getLogger(__name__)


class BackgroundTasks:
    """The tasks of one owner, for instance a connection.

    Args:
        what: names them in the log, which has the first failure: each of a client's packets could
            cause one.
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._tasks: set[asyncio.Task[None]] = set()
        self._ended = False
        self._failed = 0

    def __len__(self) -> int:
        return len(self._tasks)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run ``work``; not when the owner has ended."""
        if self._ended:
            work.close()
            return
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def cancel(self) -> None:
        """End everything; nothing runs from then on. Idempotent."""
        self._ended = True
        for task in self._tasks:
            task.cancel()

    async def ended(self) -> None:
        """Wait for what ``cancel`` has cancelled."""
        if self._tasks:
            await asyncio.wait(self._tasks)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error: BaseException | None
        if not task.cancelled():
            error = task.exception()
        elif self._ended:
            return
        else:  # what it waited for was cancelled, by whomever: it has not done its work either
            error = asyncio.CancelledError("cancelled by somebody else")
        if error is None:
            return
        self._failed += 1
        if self._failed == 1:
            logger.warning("%s failed: %s", self._what, error, exc_info=error)
