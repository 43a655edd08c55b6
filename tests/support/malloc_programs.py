"""Programs of their own that allocate as the C library is asked to, and print what came of it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from gradio_webrtc.server.operation.malloc_thresholds import TOLD_BY
from gradio_webrtc.server.operation.memory_return import find_trim

needs_glibc = pytest.mark.skipif(find_trim() is None, reason="this C library has no malloc_trim")

ALLOCATING = """
import ctypes, os, resource, sys, threading
from pathlib import Path
from gradio_webrtc.server.operation.malloc_thresholds import malloc_thresholds
from gradio_webrtc.server.operation.memory_return import find_trim

libc = ctypes.CDLL(None)
libc.malloc.argtypes, libc.malloc.restype = (ctypes.c_size_t,), ctypes.c_void_p
libc.memset.argtypes = (ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t)
libc.free.argtypes = (ctypes.c_void_p,)

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
"""
"""What such a program begins with."""


def figure_of(program: str, *args: str, **variables: str) -> int:
    """Return what ``program``, run with arguments and in a changed environment, prints.

    What is told to the C library is what ``variables`` say: a cluster of Dask that ran in this
    process has put its own thresholds into the environment of all that it starts.
    """
    inherited = {name: value for name, value in os.environ.items() if name not in TOLD_BY}
    done = subprocess.run(
        [sys.executable, "-c", program, *args],
        env={**inherited, **variables},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return int(done.stdout)
