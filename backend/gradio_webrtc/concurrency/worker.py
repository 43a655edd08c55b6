"""One thread for one session's sync user code."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable
from contextvars import Context, copy_context
from dataclasses import dataclass
from functools import partial
from queue import SimpleQueue
from typing import Any, ParamSpec, TypeVar

from gradio_webrtc.concurrency.thread_interrupt import HandlerReleased, UserCode
from gradio_webrtc.concurrency.thread_work import on_a_thread
from gradio_webrtc.concurrency.user_errors import FOREIGN, as_handler_error
from gradio_webrtc.errors import SessionClosedError

P = ParamSpec("P")
T = TypeVar("T")

logger = logging.getLogger(__name__)

GRACE_S = 0.25
"""How long a closing worker waits for user code to return by itself, after the user's shutdown."""
RETRY_S = (0.05, 0.1, 0.25, 0.5, 1.1)
"""Pauses between attempts to free code that waits. Code that computes is left alone this long."""
LAST_WAIT_S = 0.5
"""How long computing code gets to notice that it was interrupted, before it is given up."""


@dataclass
class _Job:
    context: Context
    work: Callable[[], Any]
    future: asyncio.Future[Any]


class Worker:
    """Runs sync user code of one session, one call after another, on a thread of its own.

    The thread starts with the first call, so a worker that is never used costs nothing. It is a
    daemon: user code that never returns does not keep the process alive. There is no pool to
    exhaust: a blocked call holds up this worker and no other. Use it from one event loop.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._user_code = UserCode()
        self._thread: threading.Thread | None = None
        self._ended: asyncio.Future[None] | None = None
        self._closing = False

    @property
    def name(self) -> str:
        """Whose code it runs, for messages."""
        return self._name

    @property
    def started(self) -> bool:
        """Whether its thread was needed so far."""
        return self._thread is not None

    @property
    def closing(self) -> bool:
        """Whether ``aclose`` was called, so that no more calls are taken."""
        return self._closing

    async def call(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what ``fn`` does, run on the thread in a copy of the caller's context variables.

        If the caller is cancelled the thread goes on and what it returns is dropped.

        Raises:
            SessionClosedError: the worker is closing.
            HandlerError: ``fn`` raised something that is no ``Exception``, such as ``SystemExit``,
                or that would pass for the end of an iteration.
            Exception: whatever ``fn`` raised, with its traceback.
        """
        return await self.submit(copy_context(), fn, *args, **kwargs)

    def submit(
        self, context: Context, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> asyncio.Future[T]:
        """Queue a call to run in ``context``; see ``call`` for what the future brings."""
        if self._closing:
            raise SessionClosedError(f"{self._name}: the session is closing.")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        on_a_thread(future, self._user_code.is_waiting)
        self._jobs.put(_Job(context, partial(fn, *args, **kwargs), future))
        if self._thread is None:
            self._ended = loop.create_future()
            self._thread = threading.Thread(
                target=self._main, args=(loop, self._ended), name=self._name, daemon=True
            )
            self._thread.start()
        return future

    async def aclose(self, release: Callable[[], None] | None = None) -> None:
        """End the thread, freeing it from user code that does not return. Idempotent.

        What is queued still runs, except calls whose caller was cancelled. After ``GRACE_S``, code
        that waits for something gets ``HandlerReleased``; code that computes gets it two seconds
        later, and if it is stuck outside Python it is left behind with a warning.

        Args:
            release: called, more than once, when code has not returned in time; to be used for
                what only the owner can unblock.
        """
        first, self._closing = not self._closing, True
        if self._thread is None:
            return
        if first:
            self._jobs.put(None)
        try:
            await self._end(release)
        except asyncio.CancelledError:
            # The loop is stopping meanwhile: free what waits, and let nobody wait for the proof.
            self._free(release, only_waiting=True)
            raise

    async def _end(self, release: Callable[[], None] | None) -> None:
        if await self._ends_within(GRACE_S):
            return
        for pause in RETRY_S:
            self._free(release, only_waiting=True)
            if await self._ends_within(pause):
                return
        self._free(release, only_waiting=self._user_code.is_importing())
        if not await self._ends_within(LAST_WAIT_S):
            logger.warning(
                "%s has not returned after the session ended. Its thread is left behind until it "
                "does; let shutdown() make it return.",
                self._name,
            )

    def _free(self, release: Callable[[], None] | None, *, only_waiting: bool) -> None:
        if not only_waiting or self._user_code.is_waiting():
            self._user_code.interrupt()
        if release is not None:
            release()

    async def _ends_within(self, seconds: float) -> bool:
        if self._ended is None:
            return True
        await asyncio.wait({self._ended}, timeout=seconds)
        return self._ended.done()

    def _main(self, loop: asyncio.AbstractEventLoop, ended: asyncio.Future[None]) -> None:
        # RuntimeError: the loop was closed first, so nobody is left to tell.
        with contextlib.suppress(RuntimeError):
            while self._serve_one(loop):
                pass
            loop.call_soon_threadsafe(_tell, ended)

    def _serve_one(self, loop: asyncio.AbstractEventLoop) -> bool:
        """Run the next job; its references die with this frame, not with the next job."""
        job = self._jobs.get()
        if job is None:
            return False
        if not job.future.done():
            value, error = self._user_code.run(job.context, job.work, ())
            loop.call_soon_threadsafe(self._deliver, job.future, value, error)
        return True

    def _deliver(
        self, future: asyncio.Future[Any], value: Any, error: BaseException | None
    ) -> None:
        if error is None:
            if not future.done():
                future.set_result(value)
            return
        if _is_foreign(error):
            # It would end the event loop, or look like a cancellation or the end of an iteration.
            error = as_handler_error(error, self._name)
        released = isinstance(error, HandlerReleased)
        if not future.done():
            ended = SessionClosedError("The session ended while this code was running.")
            future.set_exception(ended if released else error)
        elif not released:
            level = logging.DEBUG if self._closing else logging.WARNING
            logger.log(level, "%s raised when nobody waited any more", self._name, exc_info=error)


def _tell(ended: asyncio.Future[None]) -> None:
    if not ended.done():
        ended.set_result(None)


def _is_foreign(error: BaseException) -> bool:
    if isinstance(error, HandlerReleased):
        return False
    return isinstance(error, FOREIGN) or not isinstance(error, Exception)
