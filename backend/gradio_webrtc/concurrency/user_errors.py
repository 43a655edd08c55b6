"""What user code must not raise into the event loop, made into the handler's error that it is.

A ``CancelledError`` that nobody asked for would end a task in silence, ``KeyboardInterrupt`` and
``SystemExit`` would end the event loop, and ``StopAsyncIteration`` would pass for the end of an
iteration of ours.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any, ParamSpec, TypeVar

from gradio_webrtc.errors import HandlerError

P = ParamSpec("P")
T = TypeVar("T")

Who = str | Callable[..., Any]
"""Whose code it is: its name, or the function itself."""

FOREIGN = (StopIteration, StopAsyncIteration, KeyboardInterrupt, SystemExit, GeneratorExit)
"""What means something else to asyncio and to the language than "this failed"."""


class SessionEndedWhileWaiting(asyncio.CancelledError):
    """Ends a wait of user code because its session has ended; this is no error of that code."""


def name_of(who: Who) -> str:
    """Return what the page and the log call it, such as ``EchoHandler.emit``."""
    if isinstance(who, str):
        return who
    owner = getattr(who, "__self__", None)
    if owner is not None and hasattr(who, "__name__"):
        return f"{type(owner).__name__}.{who.__name__}"
    name = getattr(who, "__qualname__", type(who).__qualname__)
    return str(name).rpartition("<locals>.")[2]


def as_handler_error(error: BaseException, who: Who) -> HandlerError:
    """Return the error that takes the place of ``error``, with it as the cause."""
    if isinstance(error, asyncio.CancelledError):
        wrapped = _cancelled(who)
    else:
        text = str(error)
        kind = type(error).__name__
        wrapped = HandlerError(f"{name_of(who)} raised {kind}{': ' if text else ''}{text}")
    wrapped.__cause__ = error
    return wrapped


def _cancelled(who: Who) -> HandlerError:
    return HandlerError(
        f"{name_of(who)} raised CancelledError, though its session had not ended: something it "
        "awaited was cancelled, or it cancelled the task it ran in. Catch asyncio.CancelledError "
        "where you await a task of your own that may be cancelled."
    )


def failure_of(done: asyncio.Future[Any], who: Who) -> BaseException | None:
    """Return what a task of user code failed with; that nobody but itself cancelled it is assumed.

    So a task that ended as cancelled has failed, too.
    """
    return _cancelled(who) if done.cancelled() else done.exception()


async def await_user_code(awaitable: Awaitable[Any], who: Who) -> Any:
    """Return what ``awaitable`` of user code gives.

    Raises:
        HandlerError: it raised what only the event loop or the interpreter should, or
            ``CancelledError`` though the calling task was not cancelled.
        asyncio.CancelledError: the calling task was cancelled, or the session ended meanwhile.
        Exception: what else it raised.
    """
    if sys.version_info < (3, 11):
        return await await_in_task(awaitable, who)
    task = asyncio.current_task()
    try:
        return await without_exits(awaitable, who)
    except asyncio.CancelledError as error:
        asked = task is None or task.cancelling() > 0
        if asked or isinstance(error, SessionEndedWhileWaiting):
            raise
        raise as_handler_error(error, who) from error


async def await_in_task(awaitable: Awaitable[Any], who: Who) -> Any:
    """Do the same as ``await_user_code`` for Python 3.10, where a task does not know.

    In a task of its own it is plain which of the two was cancelled. That costs a task for every
    call, and what the code sets in context variables ends with it.
    """
    inner = asyncio.ensure_future(without_exits(awaitable, who))
    cancelled = False
    while not inner.done():
        try:
            await asyncio.wait({inner})
        except asyncio.CancelledError:
            cancelled = True
            inner.cancel()
    if cancelled:
        if not inner.cancelled() and (error := inner.exception()) is not None:
            raise error
        raise asyncio.CancelledError
    if inner.cancelled():
        await _raise_ended(inner)
        raise _cancelled(who)
    return inner.result()


async def _raise_ended(inner: asyncio.Future[Any]) -> None:
    """Raise what a cancelled task was cancelled with if that was the end of its session."""
    try:
        await inner
    except SessionEndedWhileWaiting:
        raise
    except asyncio.CancelledError as error:
        if isinstance(error.__context__, SessionEndedWhileWaiting):  # how 3.10 hands it on
            raise error.__context__ from None


async def without_exits(awaitable: Awaitable[Any], who: Who) -> Any:
    """Return what ``awaitable`` gives; what is ``FOREIGN`` becomes a ``HandlerError``."""
    task = asyncio.current_task()
    try:
        return await awaitable
    except FOREIGN as error:
        if isinstance(error, GeneratorExit) and not _is_running(task):
            raise  # this coroutine is let go of unfinished: nobody raised that
        raise as_handler_error(error, who) from error


def guarded(fn: Callable[P, T]) -> Callable[P, T]:
    """Return ``fn`` for a thread whose owner passes on what it raises to an event loop as it is."""

    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return fn(*args, **kwargs)
        except (asyncio.CancelledError, *FOREIGN) as error:
            raise as_handler_error(error, fn) from error

    return run


def _is_running(task: asyncio.Task[Any] | None) -> bool:
    try:
        return asyncio.current_task() is task
    except RuntimeError:
        return False
