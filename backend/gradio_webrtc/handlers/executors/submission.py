"""A call on its way to an executor and back, between a thread that hands it over and a loop."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import pickle
import threading
from collections.abc import Callable, Sequence
from concurrent import futures
from concurrent.futures import (
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)
from importlib import import_module
from typing import Any

from gradio_webrtc.handlers.executors.executor_errors import ExecutorError, not_picklable
from gradio_webrtc.handlers.executors.isolated_process_pool import IsolatedProcessPool
from gradio_webrtc.handlers.executors.worker_task import Frame, Task


def shares_memory(executor: Executor) -> bool:
    """Whether its workers are threads of this process, which need nothing pickled."""
    interpreters = getattr(futures, "InterpreterPoolExecutor", ())
    return isinstance(executor, ThreadPoolExecutor) and not isinstance(executor, interpreters)


class Submission:
    """One call that is handed to an executor on a thread, and may be let go of meanwhile."""

    def __init__(self, executor: Executor) -> None:
        self.executor = executor
        self._lock = threading.Lock()
        self._dropped = False
        self._handing = False
        self._future: Future[Any] | None = None
        self._over: Future[None] = Future()

    def submit(self, fn: Callable[..., Any], *args: Any) -> Future[Any]:
        """Hand the call over.

        Raises:
            ExecutorError: it was let go of before.
            Exception: whatever the executor says.
        """
        with self._lock:
            if self._dropped:
                raise ExecutorError("Nobody waits for this call any more.")
            self._handing = True
        try:
            future = self.executor.submit(functools.partial(fn, *args))
        except BaseException:
            self._over.set_result(None)
            raise
        future.add_done_callback(lambda _: self._over.set_result(None))
        with self._lock:
            self._future = future
            dropped = self._dropped
        if dropped:
            future.cancel()
        return future

    def drop(self) -> Future[None] | None:
        """Let go of the call; return what is done once it is over, if it may still compute."""
        with self._lock:
            self._dropped = True
            handing, future = self._handing, self._future
        if future is not None:
            future.cancel()
        return self._over if handing and not self._over.done() else None


def awaitable(future: Future[Any]) -> asyncio.Future[Sequence[Frame]]:
    """Return what the event loop can wait for: what the task said, read on another thread."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Sequence[Frame]] = loop.create_future()

    def settle(frames: Sequence[Frame], error: BaseException | None) -> None:
        if error is None:
            done.set_result(frames)
        else:
            done.set_exception(error)
            done.exception()  # whoever let go of it does not ask

    def tell(_: Future[Any]) -> None:
        frames: Sequence[Frame] = ()
        failure: BaseException | None = None
        try:
            result = future.result()
            frames = pickle.loads(result) if isinstance(result, bytes) else result
        except CancelledError:
            failure = ExecutorError("The executor was shut down before it ran the call.")
        except BaseException as error:  # noqa: BLE001 - the edge of a thread of the executor's
            failure = error
        with contextlib.suppress(RuntimeError):  # the loop was closed first
            loop.call_soon_threadsafe(settle, frames, failure)

    future.add_done_callback(tell)
    return done


def pickled(task: Task, executor: Executor) -> bytes:
    """Return a task as bytes.

    Raises:
        NotPicklableError: the function or an argument cannot be sent.
    """
    dumps = _pickler(executor)
    try:
        return dumps(task)
    except Exception as error:
        what = "itself"
        with contextlib.suppress(Exception):
            dumps(task.fn)
            what = "its arguments"
        raise not_picklable(task.name, what, error) from error


def _pickler(executor: Executor) -> Callable[[Any], bytes]:
    """Return what makes bytes of a task: what the engine itself uses, where it takes more."""
    if not isinstance(executor, (ProcessPoolExecutor, IsolatedProcessPool)):
        for name in ("cloudpickle", "ray.cloudpickle"):
            with contextlib.suppress(ImportError):
                dumps: Callable[[Any], bytes] = import_module(name).dumps
                return dumps
    return functools.partial(pickle.dumps, protocol=pickle.HIGHEST_PROTOCOL)
