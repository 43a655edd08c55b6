"""Waiting for what another task does: always ended by a cancellation, whatever comes with it.

``asyncio.wait_for`` of Python 3.10 and 3.11 returns the result of work that was done in the moment
in which its caller was cancelled, and the cancellation is lost (https://bugs.python.org/issue37658,
https://github.com/python/cpython/issues/86296); a loop around it then goes on. It also waits for
work that ignores being cancelled. AnyIO's ``move_on_after`` cannot tell the two cancellations apart
on 3.10 either.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from collections.abc import Awaitable
from typing import Any, TypeVar

logger = logging.getLogger(__name__)

T = TypeVar("T")

INSIST_SECONDS = 1.0
"""A task that is still there is cancelled again this often: it may have swallowed the first time,
as ``asyncio.wait_for`` did before Python 3.12. Not sooner, since it may be tidying up."""


async def wait_for_item(queue: asyncio.Queue[T], timeout: float | None = 0.1) -> T | None:
    """Return the queue's next item, or ``None`` after ``timeout`` seconds without one.

    An ``async def emit`` may as well wait as long as it takes, with ``timeout=None`` or
    ``queue.get()``: here a waiting ``emit`` holds up nothing, and is ended with its session.

    Raises:
        asyncio.CancelledError: the caller was cancelled. No item is lost then, not even one that
            came in the same moment.
    """
    if not queue.empty():
        return queue.get_nowait()
    if timeout is None:
        return await queue.get()
    if sys.version_info < (3, 11):
        return await take_within(queue, timeout)
    try:
        async with asyncio.timeout(timeout):
            return await queue.get()
    except TimeoutError:
        return None


async def take_within(queue: asyncio.Queue[T], timeout: float) -> T | None:
    """Do the same as ``wait_for_item`` where ``asyncio.timeout`` does not exist."""
    getting = asyncio.ensure_future(queue.get())
    try:
        await asyncio.wait({getting}, timeout=timeout)
    except asyncio.CancelledError:
        if getting.done():
            _put_back(queue, getting.result())
        raise
    finally:
        getting.cancel()
    return getting.result() if getting.done() else None


def _put_back(queue: asyncio.Queue[T], item: T) -> None:
    """Make ``item`` the next one again."""
    items = [item]
    while not queue.empty():
        items.append(queue.get_nowait())
    # QueueFull: somebody has put one more into the place that became free.
    with contextlib.suppress(asyncio.QueueFull):
        for each in items:
            queue.put_nowait(each)


async def finished_within(work: Awaitable[Any], seconds: float) -> bool:
    """Wait for ``work``, at most ``seconds``; return whether it is done.

    Work that is not done then is cancelled and not waited for. So it is when the caller is
    cancelled, whose cancellation always comes out.

    Raises:
        Exception: whatever ``work`` raised.
    """
    task = asyncio.ensure_future(work)
    try:
        await asyncio.wait({task}, timeout=seconds)
    finally:
        if not task.done():
            task.cancel()
            task.add_done_callback(note_failure)
    if not task.done() or task.cancelled():
        return False
    task.result()
    return True


async def cancel_and_wait(task: asyncio.Future[Any]) -> None:
    """Cancel ``task`` until it is done, and wait for that.

    When the caller is cancelled meanwhile, so is ``task`` once more.
    """
    again = False
    while not task.done():
        task.cancel()
        try:
            await asyncio.wait({task}, timeout=INSIST_SECONDS)
        except asyncio.CancelledError:
            again = True
    if again:
        raise asyncio.CancelledError


def note_failure(late: asyncio.Future[Any]) -> None:
    """Take the result of work that nobody waits for any more."""
    if not late.cancelled() and (error := late.exception()) is not None:
        logger.debug("Work that nobody waited for any more failed", exc_info=error)
