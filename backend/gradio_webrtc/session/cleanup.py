"""Ending what user code started: always bounded in time, always logged, never in the way.

A stopping event loop cancels the session that is cleaning up as well. The step it is in is then cut
short, and the next ones are still done: they run in tasks of their own, which came later.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

from gradio_webrtc.concurrency.user_errors import failure_of
from gradio_webrtc.concurrency.waiting import INSIST_SECONDS

logger = logging.getLogger(__name__)

T = TypeVar("T")


async def stop_tasks(name: str, tasks: Iterable[asyncio.Task[Any]], limit: float) -> None:
    """Cancel ``tasks`` until they are gone, and wait for that at most ``limit`` seconds.

    ``async`` user code can ignore its cancellation; it must not keep a place or stop a server.
    """
    waiting = {task for task in tasks if task is not asyncio.current_task()}
    left = limit
    with contextlib.suppress(asyncio.CancelledError):
        while waiting and left > 0:
            for task in waiting:
                task.cancel()
            _, waiting = await asyncio.wait(waiting, timeout=min(INSIST_SECONDS, left))
            left -= INSIST_SECONDS
    for task in waiting:
        if task.done():
            continue
        logger.error(
            "%s: %s ignored its cancellation for %g s and was left behind",
            name,
            task.get_name(),
            limit,
        )


async def finish(name: str, what: str, work: Coroutine[Any, Any, None], limit: float) -> None:
    """Run one step of a clean-up, at most ``limit`` seconds; its failure is logged, not raised."""
    # Not asyncio.wait_for: that waits on for work which ignores its cancellation.
    task = asyncio.get_running_loop().create_task(work, name=f"{name} {what}")
    cut_short = False
    try:
        await asyncio.wait([task], timeout=limit)
    except asyncio.CancelledError:
        cut_short = True
    if not task.done():
        task.cancel()
    if cut_short:
        return
    if not task.done():
        logger.error("%s: %s took longer than %g s and was left behind", name, what, limit)
    elif (error := failure_of(task, what)) is not None:
        logger.error("%s: %s failed", name, what, exc_info=error)


def call_all(name: str, callbacks: Iterable[Callable[[T], None]], argument: T) -> None:
    """Call each of ``callbacks``; one that raises is logged and does not stop the others."""
    for callback in callbacks:
        try:
            callback(argument)
        except Exception:  # each of them frees something, whatever became of the others
            logger.exception("%s: a callback at its end failed", name)
