"""What a test may not leave behind: tasks, threads, and complaints of the event loop."""

from __future__ import annotations

import asyncio
import gc
import logging
import threading
import time
from collections.abc import Iterator

TASKS_MAY_TAKE_S = 1.0
"""How long tasks that were cancelled, or have nothing more to do, may take to be gone."""

THREADS_MAY_TAKE_S = 10.0
"""How long a thread that was told to end may take on a busy machine."""


def other_tasks() -> set[asyncio.Task[object]]:
    """Return the unfinished tasks of the running loop, without the calling one."""
    return asyncio.all_tasks() - {task for task in [asyncio.current_task()] if task is not None}


def left_threads(before: set[threading.Thread]) -> set[threading.Thread]:
    """Return threads that are still alive and were not there before, after a fair wait."""
    deadline = time.monotonic() + THREADS_MAY_TAKE_S
    known = before | {threading.current_thread()}
    while left := set(threading.enumerate()) - known:
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            break
        left.pop().join(remaining)
    return set(threading.enumerate()) - known


class _Complaints(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(self.format(record))


def loop_complaints() -> Iterator[list[str]]:
    """Collect what asyncio reports by logging only, such as an exception nobody retrieved.

    A generator to build a fixture from: the list is complete after the ``yield``.
    """
    complaints = _Complaints()
    logger = logging.getLogger("asyncio")
    logger.addHandler(complaints)
    try:
        yield complaints.texts
        gc.collect()
    finally:
        logger.removeHandler(complaints)
