"""Waiting for what another task puts into a queue."""

from __future__ import annotations

import asyncio
from typing import TypeVar

T = TypeVar("T")


async def wait_for_item(queue: asyncio.Queue[T], timeout: float | None = 0.1) -> T | None:
    """Return the queue's next item, or ``None`` after ``timeout`` seconds without one.

    An ``async def emit`` may as well wait as long as it takes, with ``timeout=None`` or
    ``queue.get()``: here a waiting ``emit`` holds up nothing, and is ended with its session.
    """
    if not queue.empty():
        return queue.get_nowait()
    try:
        return await asyncio.wait_for(queue.get(), timeout)
    except asyncio.TimeoutError:
        return None
