"""Get a thread out of user code that does not come back by itself.

Only for the end of a session: the published echo handler waits in ``queue.get()`` for ever, and its
thread must not outlive its session. Two means, both CPython's own:

* ``PyThreadState_SetAsyncExc`` raises an exception in another thread the next time that thread runs
  bytecode (https://docs.python.org/3/c-api/init.html#c.PyThreadState_SetAsyncExc).
* A thread that waits inside ``threading.Condition.wait`` (so also ``Queue.get`` and ``put``,
  ``Event.wait``, ``Future.result``) runs none, so the lock that this one call waits on is released.
  Nobody else who waits on the same condition is woken, and no made-up item enters a queue.
"""

from __future__ import annotations

import contextlib
import ctypes
import sys
import threading
from collections.abc import Callable
from contextvars import Context
from types import FrameType
from typing import Any, NamedTuple

_WAIT = threading.Condition.wait.__code__
_IMPORT_FILES = ("<frozen importlib._bootstrap>", "<frozen importlib._bootstrap_external>")


class HandlerReleased(SystemExit):
    """Raised inside user code whose session is over.

    A ``SystemExit``, because event loops and executors inside user code pass that one on.
    """


class Outcome(NamedTuple):
    """What a call of user code came to; ``error`` is None when it returned ``value``."""

    value: Any
    error: BaseException | None


class UserCode:
    """Runs user code on one thread, and can interrupt that code, never the code around it."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._inside = False
        self._interrupted = False
        self._ident = 0

    def run(self, context: Context, fn: Callable[..., Any], args: tuple[Any, ...]) -> Outcome:
        """Call ``fn(*args)`` in ``context`` on the calling thread and return what it came to.

        ``HandlerReleased`` never leaves this method. One that arrives after ``fn`` has returned
        is caught or taken back here: ``interrupt`` checks ``_inside`` and raises while it holds
        the guard, and here ``_inside`` is unset before the guard is taken. CPython raises such an
        exception at calls and backward jumps (3.10 also on entering an ``except``), so nothing
        comes between entering the inner ``except`` and its first assignment unless a second one
        was sent in that very moment, and that one is caught too.
        """
        value: Any = None
        error: BaseException | None = None
        self._ident = threading.get_ident()
        try:
            try:
                self._inside = True
                value = context.run(fn, *args)
                self._inside = False
            except BaseException as raised:  # noqa: BLE001 - a thread's edge: the caller gets it
                self._inside = False
                error = raised
            with self._guard:
                if self._interrupted:
                    self._interrupted = False
                    _set_async_exception(self._ident, None)
        except HandlerReleased:
            self._inside = False
            with self._guard:
                self._interrupted = False
        try:
            return Outcome(value, error)
        finally:
            # The traceback holds this frame, and this frame would hold the traceback.
            error = None

    def interrupt(self) -> None:
        """Raise ``HandlerReleased`` in the user code that is running, if any, and wake it.

        User code can swallow it, so it may be sent again, but not in quick succession: leave the
        thread the time to handle one before the next.
        """
        with self._guard:
            if not self._inside:
                return
            self._interrupted = True
            _set_async_exception(self._ident, HandlerReleased)
        _wake(self._ident)

    def is_waiting(self) -> bool:
        """Whether the running user code waits for another thread (queue, event, future)."""
        frame = sys._current_frames().get(self._ident) if self._inside else None
        return frame is not None and frame.f_code is _WAIT

    def is_importing(self) -> bool:
        """Whether the running user code is inside an import.

        Interrupting one can leave a C extension that no later import of the process can load.
        """
        frame = sys._current_frames().get(self._ident) if self._inside else None
        while frame is not None:
            if frame.f_code.co_filename in _IMPORT_FILES:
                return True
            frame = frame.f_back
        return False


def _set_async_exception(ident: int, kind: type[BaseException] | None) -> None:
    """Have ``kind`` raised in thread ``ident``; None takes back one that was not raised yet."""
    target = ctypes.py_object() if kind is None else ctypes.py_object(kind)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(ident), target)


def _wake(ident: int) -> None:
    """End the ``Condition.wait`` that thread ``ident`` is in, if it is in one."""
    frame: FrameType | None = sys._current_frames().get(ident)
    if frame is None or frame.f_code is not _WAIT:
        return
    waiter = frame.f_locals.get("waiter")
    if waiter is not None:
        # RuntimeError: the wait ended in the meantime, which is all that was wanted.
        with contextlib.suppress(RuntimeError):
            waiter.release()
