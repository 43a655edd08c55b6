"""The clock of an event loop, read from any thread."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable


def loop_clock(loop: asyncio.AbstractEventLoop) -> Callable[[], float]:
    """Return what gives the time of ``loop`` in seconds, in any thread.

    uvloop's stands still until the loop runs again; it counts from where ``time.monotonic`` does.
    """
    return time.monotonic if type(loop).__module__.partition(".")[0] == "uvloop" else loop.time
