"""Measuring what one core gives."""

from __future__ import annotations

import os


def keep_to_one_core() -> None:
    """Keep this process, and the threads it starts from now on, to one core, where that can be."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
