"""A process pool in which a process that ends takes no call of another one with it."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import (
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from queue import SimpleQueue
from typing import Any, ParamSpec, TypeVar
from weakref import WeakSet

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.handlers.executors.worker_process import begin_worker, call_here

P = ParamSpec("P")
T = TypeVar("T")

EXIT_S = 5.0
"""How long a program that comes to its end waits for calls that compute."""


class WorkerEndedError(RuntimeError):
    """The process that ran a call ended; the executor goes on with another one."""


class IsolatedProcessPool(Executor):
    """Runs calls in processes, each of which is a pool of its own.

    In a ``ProcessPoolExecutor`` a process that is killed, or crashes in a library, ends all others
    and all their calls. Here it costs the call that it ran, and a new process takes its place. A
    call is taken back until a process has really begun it. The processes are begun anew rather than
    forked, leave Ctrl-C to the program, and end when it ends, however that may be; if it comes to
    its end by itself, calls that compute have five seconds.

    Args:
        max_workers: how many processes; as many as there are cores if it is not given. Each is
            started when it is first needed.
        mp_context: how they are started: ``multiprocessing.get_context("spawn")`` if it is not
            given, or ``"forkserver"``.
        initializer: called in each process before its first call, with ``initargs``.
        initargs: what it is called with.

    Raises:
        ConfigurationError: there would be no process, or they would be forked.
    """

    def __init__(
        self,
        max_workers: int | None = None,
        *,
        mp_context: BaseContext | None = None,
        initializer: Callable[..., None] | None = None,
        initargs: Sequence[Any] = (),
    ) -> None:
        workers = os.cpu_count() or 1 if max_workers is None else max_workers
        if workers < 1:
            raise ConfigurationError(f"max_workers must be 1 or more, not {max_workers!r}.")
        context = get_context("spawn") if mp_context is None else mp_context
        if context.get_start_method() == "fork":
            raise ConfigurationError(
                'mp_context must be get_context("spawn") or get_context("forkserver"): '
                "a fork of a program with threads may hang."
            )
        self._processes = [_Process(context, initializer, initargs) for _ in range(workers)]
        self._idle: SimpleQueue[_Process] = SimpleQueue()
        for process in self._processes:
            self._idle.put(process)
        # A thread waits for each process, and calls that wait for one wait in the threads' line.
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix=type(self).__name__)
        self._lock = threading.Lock()
        self._shut_down = False
        _end_at_exit(self)

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run ``fn`` in the next process that is free.

        Raises:
            RuntimeError: the executor was shut down.
        """
        call = partial(fn, *args, **kwargs)
        return self._threads.submit(self._run, call)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more calls; the processes end when those that were taken are done."""
        self._threads.shutdown(wait=False, cancel_futures=cancel_futures)
        if wait:
            self._end_processes()
            return
        with self._lock:
            first, self._shut_down = not self._shut_down, True
        if first:
            # RuntimeError: the program is at its end, and the processes with it.
            with contextlib.suppress(RuntimeError):
                threading.Thread(target=self._end_processes, daemon=True).start()

    def kill(self) -> None:
        """End the processes, and with them the calls that they run, after a moment."""
        for process in self._processes:
            process.let_go()

    def _end_processes(self) -> None:
        self._threads.shutdown(wait=True)
        for process in self._processes:
            process.end()

    def _run(self, call: Callable[[], T]) -> T:
        process = self._idle.get()
        try:
            return process.run(call)
        finally:
            self._idle.put(process)


class _Process:
    """One process at a time; used by one thread at a time, but for ``let_go``."""

    def __init__(
        self,
        context: BaseContext,
        initializer: Callable[..., None] | None,
        initargs: Sequence[Any],
    ) -> None:
        self._context = context
        self._initializer = initializer
        self._initargs = initargs
        self._pool: ProcessPoolExecutor | None = None
        self._lifeline: tuple[Connection, Connection] | None = None

    def run(self, call: Callable[[], T]) -> T:
        """Return what ``call`` does there.

        Raises:
            WorkerEndedError: the process ended meanwhile.
        """
        try:
            future = self._begun().submit(call_here, call)
        except BrokenExecutor:  # it ended without a call
            self.end()
            future = self._begun().submit(call_here, call)
        try:
            return future.result()
        except BrokenExecutor as error:
            self.end()
            raise WorkerEndedError(str(error)) from error

    def _begun(self) -> ProcessPoolExecutor:
        if self._pool is None:
            theirs, ours = self._context.Pipe(duplex=False)
            self._lifeline = theirs, ours
            self._pool = ProcessPoolExecutor(
                1,
                mp_context=self._context,
                initializer=begin_worker,
                initargs=(theirs, self._initializer, self._initargs),
            )
        return self._pool

    def end(self) -> None:
        """End the process, and wait for it; the next call begins another one."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown()
        self.let_go()

    def let_go(self) -> None:
        """Have the process end by itself. Any thread."""
        lifeline, self._lifeline = self._lifeline, None
        for end in lifeline or ():
            end.close()


_pools: WeakSet[IsolatedProcessPool] = WeakSet()
_hooked = False


def _end_at_exit(pool: IsolatedProcessPool) -> None:
    """Have the end of the program not wait for ever for what ``pool`` computes."""
    global _hooked
    _pools.add(pool)
    if _hooked:
        return
    _hooked = True
    # The hook that is called before Python waits for its threads is not public.
    hook = getattr(threading, "_register_atexit", None)
    if hook is not None:
        with contextlib.suppress(RuntimeError):  # it is too late
            hook(_main_thread_ended)


def _main_thread_ended() -> None:
    def kill() -> None:
        time.sleep(EXIT_S)
        for pool in list(_pools):
            pool.kill()

    with contextlib.suppress(RuntimeError):
        threading.Thread(target=kill, daemon=True).start()
