"""Call user code. The one place that knows sync from async.

``async def`` code runs on the event loop; everything else runs on a worker's thread.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextvars import Context, copy_context
from typing import Any, ParamSpec, Protocol, TypeVar

from gradio_webrtc.concurrency.user_errors import (
    as_handler_error,
    await_user_code,
    name_of,
    without_exits,
)
from gradio_webrtc.handlers.loop_or_thread import ON_LOOP

logger = logging.getLogger(__name__)

CLOSE_S = 1.0
"""How long closing an async generator may take before the session ends without it."""

_END = object()

P = ParamSpec("P")
T = TypeVar("T")


def is_async(fn: Callable[..., Any]) -> bool:
    """Whether calling ``fn`` gives a coroutine: functions, methods, partials, callable objects."""
    while isinstance(fn, functools.partial):
        fn = fn.func
    # Asked a hundred times a second, and inspect makes thirty calls of it. A function without
    # attributes of its own is what its code says: nobody has marked it as a coroutine function.
    code = getattr(fn, "__code__", None)
    if code is not None and code.co_flags & inspect.CO_COROUTINE:
        return True
    if code is not None and not fn.__dict__:
        return False
    if getattr(fn, ON_LOOP, False):
        return True
    return inspect.iscoroutinefunction(fn) or inspect.iscoroutinefunction(
        getattr(fn, "__call__", None)  # noqa: B004 - not a test of callability
    )


class Threads(Protocol):
    """Where sync code runs: a session's own ``Worker``, say."""

    @property
    def closing(self) -> bool:
        """Whether no more calls are taken."""
        ...

    async def call(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what ``fn`` does, run on a thread in a copy of the caller's context variables."""
        ...

    def submit(
        self, context: Context, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> asyncio.Future[T]:
        """Queue a call to run in ``context``."""
        ...


def start_task(work: Coroutine[Any, Any, T], what: str) -> asyncio.Task[T]:
    """Run ``work`` in a task whose name says for which task it works: logs name it."""
    parent = asyncio.current_task()
    name = what if parent is None else f"{parent.get_name()} {what}"
    return asyncio.get_running_loop().create_task(work, name=name)


async def call(
    fn: Callable[..., Any],
    *args: Any,
    worker: Threads,
    first: Callable[[], Any] | None = None,
) -> Any:
    """Return what ``fn(*args)`` returns, awaited if it is async.

    Args:
        fn: ``async def`` code is awaited in the calling task, other code runs on ``worker``.
        args: its arguments.
        worker: whose thread runs sync code.
        first: makes one more argument, put before ``args``. It runs on the worker's thread, so it
            may take long.

    Raises:
        HandlerError: user code raised what only the event loop or the interpreter should, or
            ``CancelledError`` though nobody cancelled the calling task.
        Exception: whatever ``fn`` raised.
    """
    if is_async(fn):
        if first is not None:
            args = (await worker.call(first), *args)
        return await await_user_code(fn(*args), fn)
    if first is None:
        result = await worker.call(fn, *args)
    else:
        result = await worker.call(_call_with, fn, first, args)
    # First what sync code nearly always returns: inspect would ask an abstract base class.
    if result is None or isinstance(result, tuple) or not inspect.isawaitable(result):
        return result
    return await await_user_code(result, fn)  # a plain wrapper around async code, say a lambda


def _call_with(fn: Callable[..., Any], first: Callable[[], Any], args: tuple[Any, ...]) -> Any:
    return fn(first(), *args)


class Steps(Protocol):
    """An iterator of user code, stepped from the event loop by one consumer."""

    def __aiter__(self) -> AsyncIterator[Any]:
        """Return itself."""
        ...

    async def __anext__(self) -> Any:
        """Wait for the next value. If the waiting is cancelled, that value is lost."""
        ...

    def close_soon(self) -> None:
        """Stop at once: a waiting ``__anext__`` ends, a step that still runs is dropped.

        The iterator itself is closed where it runs, as soon as that step lets it, so that its
        ``finally`` blocks run.
        """
        ...

    async def aclose(self) -> None:
        """``close_soon`` and wait until the iterator is closed; raises what closing it raised."""
        ...


def iterate(source: Iterator[Any] | AsyncIterator[Any], worker: Threads) -> Steps:
    """Return ``source``, a sync or async iterator or generator, as ``Steps``.

    All steps of one iterator, and its close, share one owner and one copy of the caller's context
    variables: ``worker``'s thread for a sync iterator, a task of its own for an async one.
    """
    if isinstance(source, AsyncIterator):
        return _TaskSteps(source)
    return _ThreadSteps(source, worker)


class _ThreadSteps:
    """A sync iterator, stepped and closed on its worker's thread."""

    def __init__(self, iterator: Iterator[Any], worker: Threads) -> None:
        self._iterator = iterator
        self._worker = worker
        self._context = copy_context()
        self._step: asyncio.Future[Any] | None = None
        self._closing: asyncio.Future[Any] | None = None
        self._closed = False

    def __aiter__(self) -> AsyncIterator[Any]:
        return self

    async def __anext__(self) -> Any:
        if self._closed:
            raise StopAsyncIteration
        self._step = self._worker.submit(self._context, next, self._iterator, _END)
        try:
            value = await self._step
        finally:
            self._step = None
        if value is _END:
            raise StopAsyncIteration
        return value

    def close_soon(self) -> None:
        if self._closed:
            return
        self._closed = True
        if self._step is not None and not self._step.done():
            self._step.set_result(_END)
        # A closing worker takes nothing more; its owner closes iterators before it.
        if self._worker.closing:
            return
        # The worker runs one job at a time, so this one waits for the step that runs now.
        self._closing = self._worker.submit(self._context, _close_iterator, self._iterator)
        self._closing.add_done_callback(_log_failure)

    async def aclose(self) -> None:
        self.close_soon()
        if self._closing is not None:
            await asyncio.shield(self._closing)


class _TaskSteps:
    """An async iterator, stepped and closed in a task of its own.

    One task for all steps, because what user code enters in one step and leaves in a later one
    (a timeout, a task group, a cancel scope) belongs to the task that entered it.
    """

    def __init__(self, iterator: AsyncIterator[Any]) -> None:
        self._iterator = iterator
        self._name = name_of(getattr(iterator, "__qualname__", type(iterator).__qualname__))
        self._requests: asyncio.Queue[asyncio.Future[Any]] = asyncio.Queue(maxsize=1)
        self._waiting: asyncio.Future[Any] | None = None
        self._closed = False
        self._owner = start_task(self._own(), "generator")
        self._owner.add_done_callback(_log_failure)

    def __aiter__(self) -> AsyncIterator[Any]:
        return self

    async def __anext__(self) -> Any:
        if self._closed or self._owner.done():
            raise StopAsyncIteration
        self._waiting = asyncio.get_running_loop().create_future()
        await self._requests.put(self._waiting)
        try:
            value = await self._waiting
        finally:
            self._waiting = None
        if value is _END:
            raise StopAsyncIteration
        return value

    def close_soon(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._owner.cancel()
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(_END)

    async def aclose(self) -> None:
        self.close_soon()
        await asyncio.wait({self._owner})
        if not self._owner.cancelled():
            self._owner.result()

    async def _own(self) -> None:
        try:
            # Not for ever: user code may have swallowed the cancellation that closes it.
            while not self._closed:
                request = await self._requests.get()
                value = await self._advance(request)
                if not request.done():
                    request.set_result(value)
                if value is _END:
                    return
        except _Failed:
            return  # its consumer knows
        finally:
            close = getattr(self._iterator, "aclose", None)
            if close is not None:
                await without_exits(close(), self._name)

    async def _advance(self, request: asyncio.Future[Any]) -> Any:
        """Return the next value; whatever user code raises is for whoever made the request."""
        try:
            return await without_exits(self._next(), self._name)
        except asyncio.CancelledError as error:
            if self._closed or request.done():
                raise
            failure: Exception = as_handler_error(error, self._name)
        except Exception as error:
            if request.done():
                raise
            failure = error
        request.set_exception(failure)
        raise _Failed

    async def _next(self) -> Any:
        try:
            return await self._iterator.__anext__()
        except StopAsyncIteration:
            return _END


class _Failed(Exception):
    """The iterator has failed and is only to be closed."""


def _close_iterator(iterator: Iterator[Any]) -> None:
    close = getattr(iterator, "close", None)
    if close is not None:
        close()


def _log_failure(done: asyncio.Future[Any]) -> None:
    if not done.cancelled() and (error := done.exception()) is not None:
        logger.warning("A stream handler's generator failed as it was closed", exc_info=error)
