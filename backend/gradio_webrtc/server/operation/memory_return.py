"""Giving memory that sessions have freed back to the system.

The C library of most Linux systems keeps what was freed, in an arena for each of several threads,
and learns from large blocks to keep more. Sessions come and go with threads of their own, so what
is kept grows with every burst of them. ``malloc_trim`` gives it back. It runs on a thread, and at
most once in a while: it takes milliseconds, and what is needed again has to be asked for again.

Of each arena but the first it leaves out what is free at the end; see ``malloc_thresholds.py``.
"""

from __future__ import annotations

import asyncio
import ctypes
import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from functools import cache

from gradio_webrtc.server.operation.environment import whole_number
from gradio_webrtc.session.session import Session

logger = logging.getLogger(__name__)

VARIABLE = "GRADIO_WEBRTC_TRIM_SECONDS"
"""Environment variable with the seconds from one return of memory to the next; 0 for none."""

TRIM_SECONDS = 10.0
"""How long at least from one to the next: 10 ms of a core are then a thousandth of it."""

AFTER_SECONDS = 1.0
"""How long after the end of a session: others often end with it, and its threads shortly after."""


def trim_seconds(environment: Mapping[str, str]) -> float:
    """Return how long from one return of memory to the next, as the environment says; 0: never.

    Raises:
        ConfigurationError: it says no number.
    """
    seconds = whole_number(environment, VARIABLE, "a whole number of seconds")
    return TRIM_SECONDS if seconds is None else float(seconds)


def find_trim() -> Callable[[], None] | None:
    """Return what gives free memory back, or ``None`` where the C library has no such function.

    GNU's has; musl, macOS and Windows return memory in other ways.
    """
    try:
        malloc_trim = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # TypeError: Windows wants a name
        return None
    malloc_trim.argtypes, malloc_trim.restype = (ctypes.c_size_t,), ctypes.c_int

    def trim() -> None:
        malloc_trim(0)

    return trim


class MemoryReturn:
    """Gives memory back after sessions have ended: soon after the first, then once in a while.

    Args:
        trim: gives it back; called on a thread. ``None``: nothing is done.
        every: seconds from one to the next at least.
    """

    def __init__(self, trim: Callable[[], None] | None, every: float) -> None:
        self._trim = trim
        self._every = every
        self._due = threading.Lock()  # loops on several threads may have sessions
        self._waiting: asyncio.AbstractEventLoop | None = None
        self._last = -every

    def session_over(self, session: Session) -> None:
        """A session of the running loop has ended."""
        del session
        loop = asyncio.get_running_loop()
        with self._due:
            waiting = self._waiting
            if self._trim is None or (waiting is not None and waiting.is_running()):
                return
            self._waiting = loop
            wait = max(AFTER_SECONDS, self._last + self._every - time.monotonic())
        loop.call_later(wait, self._begin)

    def _begin(self) -> None:
        with self._due:
            self._waiting = None
            self._last = time.monotonic()
        threading.Thread(target=self._run, name="memory return", daemon=True).start()

    def _run(self) -> None:
        assert self._trim is not None
        began = time.perf_counter()
        self._trim()
        logger.debug("gave free memory back in %.1f ms", 1000 * (time.perf_counter() - began))


@cache
def memory_return() -> MemoryReturn:
    """Return the process's own, as the environment said when it was first asked for.

    Raises:
        ConfigurationError: the environment says nonsense.
    """
    every = trim_seconds(os.environ)
    return MemoryReturn(find_trim() if every else None, every)
