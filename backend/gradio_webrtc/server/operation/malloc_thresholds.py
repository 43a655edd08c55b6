"""How much free memory the C library keeps at the end of an arena for what is needed next.

GNU's returns the end of an arena to the system when it is larger than a threshold, and asks for it
again with the next picture: each of its pages is then a fault, and each return interrupts the other
cores. While there are sessions the threshold is as large as all that is freed with a picture of
1280x720. Without any it is small: ``malloc_trim`` gives back the end of the first arena only.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Mapping
from functools import cache

from gradio_webrtc.server.operation.memory_return import find_trim, trim_seconds

SetThreshold = Callable[[int, int], object]
"""Takes the number of a threshold, of ``malloc.h``, and bytes."""

BETWEEN_SESSIONS = 256 * 1024
"""Bytes that may stay free at the end of an arena while there is no session."""

DURING_SESSIONS = 16 * 1024 * 1024
"""The same while there are sessions. An echo of 1280x720 took 59 % of a core at 256 kB, 60 at 4 MB,
53 at 8 MB, 47 at 16 MB and 47 at 64 MB, which is what the C library learns to keep by itself."""

MAPPED_BYTES = 32 * 1024 * 1024
"""From how many bytes on a block is mapped by itself: what the C library learns at the most. Who
tells it one of both thresholds ends its learning, and each picture would be mapped anew."""

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
"""Of ``malloc.h``."""

TOLD_BY = ("MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_", "GLIBC_TUNABLES")
"""Variables by which whoever runs the process tells the C library thresholds."""


def find_mallopt(environment: Mapping[str, str]) -> SetThreshold | None:
    """Return what tells the C library, or ``None`` where it is another, or was told already."""
    if find_trim() is None or any(environment.get(name) for name in TOLD_BY):
        return None
    mallopt = ctypes.CDLL(None).mallopt
    mallopt.argtypes, mallopt.restype = (ctypes.c_int, ctypes.c_int), ctypes.c_int
    tell: SetThreshold = mallopt
    return tell


class MallocThresholds:
    """Keeps more free memory while there are sessions than without any.

    Args:
        tell: tells the C library; ``None``: nothing is done.
    """

    def __init__(self, tell: SetThreshold | None) -> None:
        self._tell = tell
        if tell is not None:
            tell(M_MMAP_THRESHOLD, MAPPED_BYTES)
            tell(M_TRIM_THRESHOLD, BETWEEN_SESSIONS)

    def sessions_began(self) -> None:
        """There is a session, and there was none."""
        if self._tell is not None:
            self._tell(M_TRIM_THRESHOLD, DURING_SESSIONS)

    def sessions_ended(self) -> None:
        """There was a session, and there is none."""
        if self._tell is not None:
            self._tell(M_TRIM_THRESHOLD, BETWEEN_SESSIONS)


@cache
def malloc_thresholds() -> MallocThresholds:
    """Return the process's own, as the environment said when it was first asked for.

    Raises:
        ConfigurationError: the environment says nonsense.
    """
    returning = trim_seconds(os.environ) > 0
    return MallocThresholds(find_mallopt(os.environ) if returning else None)
