"""Ray's workers as a ``concurrent.futures.Executor``, which Ray itself has none of."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from importlib import import_module
from typing import Any, ParamSpec, TypeVar

from gradio_webrtc.handlers.executors.executor_errors import ExecutorError

P = ParamSpec("P")
T = TypeVar("T")


class RayExecutor(Executor):
    """Runs each call as a task of Ray, once.

    ``ray`` is imported when one is made, and begun by ``ray.init()`` of the author's.

    Args:
        options: of the tasks, as for ``ray.remote``, such as ``num_cpus=0.5`` or ``num_gpus=1``.

    Raises:
        ExecutorError: Ray is not installed, or was not begun.
    """

    def __init__(self, **options: Any) -> None:
        try:
            self._ray = import_module("ray")
        except ImportError as error:
            raise ExecutorError("RayExecutor needs Ray: pip install ray") from error
        if not self._ray.is_initialized():
            raise ExecutorError("RayExecutor needs ray.init() before it.")
        # A call that took a worker with it would take the next one too.
        self._remote = self._ray.remote(_run).options(max_retries=0, **options)
        self._lock = threading.Lock()
        self._references: dict[Future[Any], Any] = {}
        self._shut_down = False

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run ``fn`` on one of Ray's workers.

        Raises:
            RuntimeError: the executor was shut down.
        """
        future: Future[T] = _RayFuture(self)
        with self._lock:
            if self._shut_down:
                raise RuntimeError("cannot schedule new futures after shutdown")
            reference = self._remote.remote(fn, args, kwargs)
            self._references[future] = reference
        reference.future().add_done_callback(lambda done: self._settle(future, done))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more calls; Ray itself goes on."""
        with self._lock:
            self._shut_down = True
            futures = list(self._references)
        for future in futures:
            if cancel_futures:
                future.cancel()
        for future in futures:
            if wait and not future.cancelled():
                future.exception()

    def _take_back(self, future: Future[Any]) -> None:
        """Have Ray drop a task; one that computes gets ``KeyboardInterrupt``."""
        with self._lock:
            reference = self._references.pop(future, None)
        if reference is not None:
            self._ray.cancel(reference, force=False)

    def _settle(self, future: Future[Any], done: Future[Any]) -> None:
        with self._lock:
            self._references.pop(future, None)
        if future.cancelled() or not future.set_running_or_notify_cancel():
            return
        error = done.exception()
        if error is None:
            future.set_result(done.result())
        else:
            future.set_exception(getattr(error, "cause", None) or error)


class _RayFuture(Future[Any]):
    """May be cancelled while it runs, as Ray's tasks may."""

    def __init__(self, executor: RayExecutor) -> None:
        super().__init__()
        self._executor = executor

    def cancel(self) -> bool:
        cancelled = super().cancel()
        if cancelled:
            self._executor._take_back(self)
        return cancelled


def _run(fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return fn(*args, **kwargs)
