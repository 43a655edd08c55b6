"""What a process of a pool does besides its calls: it ends when nobody is there to call any more.

The processes of a ``ProcessPoolExecutor`` wait for calls on a pipe that each of them holds open
for the others, so that they stay for ever when their program is ended by a signal.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Sequence
from functools import cache
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from gradio_webrtc.handlers.executors.worker_task import run_pickled

T = TypeVar("T")

GRACE_S = 1.0
"""How long a call that runs then may take to notice, and to clean up."""

_calling = threading.Lock()


def begin_worker(
    lifeline: Connection, initializer: Callable[..., None] | None, initargs: Sequence[Any]
) -> None:
    """Prepare a process whose program holds the other end of ``lifeline`` for as long as it lives.

    Ctrl-C, which a terminal sends to it as well, is the program's affair.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def wait() -> None:
        with contextlib.suppress(EOFError, OSError):
            lifeline.recv_bytes()

    _end_after(wait)
    if initializer is not None:
        initializer(*initargs)


def call_here(fn: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Call ``fn``; this process does not end meanwhile without giving it a moment."""
    with _calling:
        return fn(*args, **kwargs)


def run_in_pool(task: bytes) -> bytes:
    """Do as ``run_pickled`` in a process of any pool, which ends with its program from now on."""
    _end_with_parent()
    return call_here(run_pickled, task)


@cache
def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        _end_after(parent.join)


def _end_after(wait: Callable[[], None]) -> None:
    def end() -> None:
        wait()
        _calling.acquire(timeout=GRACE_S)
        os._exit(0)

    threading.Thread(target=end, daemon=True, name="end with the program").start()
