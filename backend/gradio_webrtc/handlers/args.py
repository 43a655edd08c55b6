"""The values of the other inputs, as one handler sees them."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import Literal

from gradio_webrtc.concurrency.user_errors import SessionEndedWhileWaiting
from gradio_webrtc.errors import SessionClosedError

DEFAULTS_AFTER_S = 5.0
"""How long code that has defaults for the values of other inputs waits for those it asked for."""


class ArgsEvent:
    """An ``asyncio.Event`` that any thread may set, and that threads can wait for as well.

    Published as ``StreamHandler.args_set``.
    """

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._waiting: set[asyncio.Future[None]] = set()
        self._flag = False
        self._closed = False

    def is_set(self) -> bool:
        """Whether values have arrived since the last ``clear``."""
        return self._flag

    def set(self) -> None:
        """Let all who wait go on."""
        with self._condition:
            self._flag = True
            self._condition.notify_all()
            self._tell_waiting(cancel=False)

    def clear(self) -> None:
        """Make the next ``wait`` wait."""
        with self._condition:
            self._flag = False

    def close(self) -> None:
        """End every wait, present and future: the session is over."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()
            self._tell_waiting(cancel=True)

    async def wait(self) -> Literal[True]:
        """Wait on the running loop until the event is set.

        Raises:
            asyncio.CancelledError: the session ended while waiting.
            SessionClosedError: it had ended before.
        """
        with self._condition:
            if self._flag:
                return True
            self._check_open()
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.add(future)
        try:
            await future
        except asyncio.CancelledError:
            if self._closed:
                raise SessionEndedWhileWaiting from None
            raise
        finally:
            with self._condition:
                self._waiting.discard(future)
        return True

    def wait_sync(self, timeout: float | None = None) -> bool:
        """Block the calling thread until the event is set; False after ``timeout`` seconds.

        Raises:
            SessionClosedError: the session ended.
        """
        with self._condition:
            self._condition.wait_for(lambda: self._flag or self._closed, timeout)
            if not self._flag:
                self._check_open()
            return self._flag

    def _check_open(self) -> None:
        if self._closed:
            raise SessionClosedError("The session ended before the other inputs' values arrived.")

    def _tell_waiting(self, *, cancel: bool) -> None:
        for future in self._waiting:
            # RuntimeError: that loop is closed, so nothing waits on it any more.
            with contextlib.suppress(RuntimeError):
                future.get_loop().call_soon_threadsafe(_finish, future, cancel)


def _finish(future: asyncio.Future[None], cancel: bool) -> None:
    if future.done():
        return
    if cancel:
        future.cancel()
    else:
        future.set_result(None)
