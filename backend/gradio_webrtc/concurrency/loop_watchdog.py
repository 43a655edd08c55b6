"""Who blocks the event loop: a thread looks where it stands when it has not run for a while.

One thread in a process, there only while there are sessions. It wakes once a second and compares
two numbers. Only when a loop is late does it look at that loop's thread, once for each block.
"""

from __future__ import annotations

import asyncio
import logging
import os
import selectors
import sys
import sysconfig
import threading
import time
import traceback
from pathlib import Path
from types import FrameType

logger = logging.getLogger(__name__)

BLOCKED_SECONDS = 4.0
"""A loop that has not shown for so long that it runs is reported; it does so every two seconds."""

LOOK_SECONDS = 1.0
FRAMES = 6

REMEDY = (
    "Nobody is heard or shown anything meanwhile. Move what takes so long into a sync method "
    "(def instead of async def), which runs on a thread, or call it with asyncio.to_thread()."
)

_LIBRARIES = tuple(
    {os.fspath(Path(sysconfig.get_path(name))) for name in ("stdlib", "purelib", "platlib")}
)
_PACKAGE = os.fspath(Path(__file__).resolve().parents[1])


class Watched:
    """One loop, and when it last ran. Written by the loop, read by the watchdog."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.thread = threading.get_ident()
        self.ran = time.monotonic()
        self.reported = False

    def ticked(self, lost: float) -> None:
        """The loop runs, after it has lost so many seconds. On the loop."""
        self.ran = time.monotonic()
        if self.reported:
            logger.info("the event loop runs again; it lost %.1f s", lost)
        elif lost >= BLOCKED_SECONDS:
            # Not even the watchdog ran, or the block was over before it looked.
            logger.warning(
                "the event loop stood still for %.1f s, and nobody saw where: native code may have "
                "kept the interpreter's lock, or the process was stopped.",
                lost,
            )
        self.reported = False


class Watchdog:
    """Looks after the loops that have sessions. Any thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._watched: set[Watched] = set()
        self._thread: threading.Thread | None = None

    def watch(self, loop: asyncio.AbstractEventLoop) -> Watched:
        """Look after ``loop``, which runs in this thread."""
        watched = Watched(loop)
        with self._changed:
            self._watched.add(watched)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(
                    target=self._run, name="event loop watchdog", daemon=True
                )
                self._thread.start()
        return watched

    def dismiss(self, watched: Watched) -> None:
        """Stop looking after it; the thread ends with the last one."""
        with self._changed:
            self._watched.discard(watched)
            self._changed.notify_all()

    def _run(self) -> None:
        looked = time.monotonic()
        while True:
            with self._changed:
                # A loop that was stopped without ending its sessions is nobody's any more.
                self._watched = {each for each in self._watched if not each.loop.is_closed()}
                if not self._watched:
                    self._thread = None
                    return
                self._changed.wait(LOOK_SECONDS)
                watched = list(self._watched)
            now = time.monotonic()
            # When this thread is late as well it is the machine or the interpreter's lock.
            if now - looked < 2 * LOOK_SECONDS:
                for each in watched:
                    _look(each, now)
            looked = now


WATCHDOG = Watchdog()


def _look(watched: Watched, now: float) -> None:
    late = now - watched.ran
    if watched.reported or late < BLOCKED_SECONDS:
        return
    frame = sys._current_frames().get(watched.thread)
    if frame is None or frame.f_code.co_filename == selectors.__file__:
        return  # it waits for something to do
    watched.reported = True
    logger.warning(
        "the event loop has been blocked for up to %.0f s by %s:\n%s%s",
        late,
        _culprit(watched.loop, frame),
        _stack(frame),
        REMEDY,
    )


def _culprit(loop: asyncio.AbstractEventLoop, frame: FrameType) -> str:
    task = asyncio.current_task(loop)
    code = _own_code(frame)
    where = f"{code.f_code.co_name}() ({code.f_code.co_filename}:{code.f_lineno})"
    return where if task is None else f"{where} in the task {task.get_name()}"


def _own_code(innermost: FrameType) -> FrameType:
    """Return the innermost frame that is neither Python's nor a library's, nor this package's."""
    frame: FrameType | None = innermost
    while frame is not None:
        name = frame.f_code.co_filename
        if not name.startswith((*_LIBRARIES, _PACKAGE, "<frozen")):
            return frame
        frame = frame.f_back
    return innermost


def _stack(frame: FrameType) -> str:
    return "".join(traceback.format_stack(frame)[-FRAMES:])
