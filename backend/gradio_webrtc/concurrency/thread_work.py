"""Telling a virtual clock what runs on threads, where no time is to pass meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any


def on_a_thread(result: asyncio.Future[Any], waits: Callable[[], bool] | None = None) -> None:
    """Tell the loop of ``result``, if it counts, that a thread works on it.

    Args:
        result: is done when the thread is.
        waits: says whether the thread waits for somebody else at the moment, such as in
            ``queue.get()``; ``None`` where it never does.
    """
    count = getattr(result.get_loop(), "count_thread_work", None)
    if count is not None:
        count(result, waits)
