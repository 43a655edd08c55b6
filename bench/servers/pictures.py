"""The video handlers, the same functions in every server. Each turns the picture upside down."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]

SLOW_SECONDS = 0.1
BUSY_SECONDS = 0.03


def instant(picture: Picture) -> Picture:
    """Return ``picture``, ``(height, width, 3)``, upside down."""
    return np.flip(picture, axis=0)


def slow(picture: Picture) -> Picture:
    """Wait 100 ms, as a model on a GPU or behind a network makes its caller wait."""
    time.sleep(SLOW_SECONDS)
    return np.flip(picture, axis=0)


def busy(picture: Picture) -> Picture:
    """Compute for 30 ms of this thread's own CPU time, holding the GIL as Python code does.

    Counting CPU time rather than time makes it a fixed amount of work: two of them beside each
    other take 60 ms, not 30.
    """
    end = time.thread_time() + BUSY_SECONDS
    while time.thread_time() < end:
        pass
    return np.flip(picture, axis=0)


VIDEO_HANDLERS: dict[str, Callable[[Picture], Picture]] = {
    "video-instant": instant,
    "video-100ms": slow,
    "video-busy": busy,
}
