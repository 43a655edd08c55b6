"""Measuring what one core gives."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress


def keep_to_one_core() -> None:
    """Keep this process, and the threads it starts from now on, to one core, where that can be."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


@contextmanager
def apart(pid: int) -> Iterator[int | None]:
    """Give a process one core and this one the others, where that can be.

    Yields the core; ``None``: both have all. With one core in all they share it.
    """
    if not hasattr(os, "sched_setaffinity"):
        yield None
        return
    cores = os.sched_getaffinity(0)
    core = min(cores)
    _keep_to(pid, {core})
    os.sched_setaffinity(0, cores - {core} or cores)
    try:
        yield core
    finally:
        os.sched_setaffinity(0, cores)
        with suppress(OSError):  # it has ended
            _keep_to(pid, cores)


def _keep_to(pid: int, cores: set[int]) -> None:
    for thread in os.listdir(f"/proc/{pid}/task"):
        os.sched_setaffinity(int(thread), cores)
