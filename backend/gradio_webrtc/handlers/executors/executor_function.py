"""An author's function that an executor runs, called as if it were ``async def``."""

from __future__ import annotations

import asyncio
import dataclasses
import functools
import inspect
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from gradio_webrtc.concurrency.pooled_threads import POOLED
from gradio_webrtc.concurrency.thread_work import on_a_thread
from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.handlers.executors.executor_errors import (
    ExecutorError,
    executor_failed,
)
from gradio_webrtc.handlers.executors.generator_channel import GeneratorChannel
from gradio_webrtc.handlers.executors.options import (
    ExecutorChoice,
    ExecutorPool,
    used_here,
)
from gradio_webrtc.handlers.executors.remote_generator import (
    RemoteGenerator,
    deliver,
    error_of,
)
from gradio_webrtc.handlers.executors.submission import (
    Submission,
    awaitable,
    pickled,
    shares_memory,
)
from gradio_webrtc.handlers.executors.surroundings import (
    Surrounding,
    owner_of,
    surroundings_here,
)
from gradio_webrtc.handlers.executors.worker_process import run_in_pool
from gradio_webrtc.handlers.executors.worker_task import (
    Address,
    Frame,
    Task,
    run_here,
    run_pickled,
)
from gradio_webrtc.handlers.invoke import is_async
from gradio_webrtc.handlers.video import VideoStreamHandler

T = TypeVar("T")

MOST_LET_GO = 4
"""How many calls of a connection that nobody waits for may still compute; the next one waits."""


def is_generator_function(fn: Callable[..., Any]) -> bool:
    """Whether calling ``fn`` gives a sync generator: functions, methods, partials, objects."""
    while isinstance(fn, functools.partial):
        fn = fn.func
    return inspect.isgeneratorfunction(fn) or inspect.isgeneratorfunction(type(fn).__call__)


def on_executor(fn: T, choice: ExecutorChoice | None) -> T | ExecutorFunction | VideoStreamHandler:
    """Return ``fn`` as the executor runs it, with the same signature; unchanged without one.

    Args:
        fn: a function or generator function, or a ``VideoStreamHandler`` around one.
        choice: the executor.

    Raises:
        ConfigurationError: it cannot run there.
    """
    if choice is None:
        return fn
    if isinstance(fn, VideoStreamHandler):
        return dataclasses.replace(fn, callable=ExecutorFunction(fn.callable, choice))
    if not callable(fn):
        raise ConfigurationError(
            "executor= runs functions and generator functions; a stream handler runs here. "
            f"ReplyOnPause(fn, executor=...) takes one for its function. Got {fn!r}."
        )
    return ExecutorFunction(fn, choice)


class ExecutorFunction:
    """Runs an author's function or generator function on an executor's workers.

    A call that is cancelled before a worker has begun it is taken back. One that computes is let go
    and what it returns is dropped; of those a connection may have ``MOST_LET_GO``. A generator is
    closed at its next step.

    When a worker ends and a function makes the executors, a plain function that was under way is
    called a second time on an executor of its own: the one that ends that too has ended the first.

    Args:
        fn: the author's.
        choice: the executor.

    Raises:
        ConfigurationError: ``fn`` is async, or the executor is none.
    """

    def __init__(self, fn: Callable[..., Any], choice: ExecutorChoice) -> None:
        functools.update_wrapper(self, fn, updated=())
        self._fn = fn
        self._pool = ExecutorPool(choice)
        self._name: str = getattr(fn, "__qualname__", type(fn).__qualname__)
        if is_async(fn) or inspect.isasyncgenfunction(fn):
            raise ConfigurationError(
                f"{self._name} is async: an executor runs functions and generators that are not. "
                "Write it with def, or leave executor= out."
            )
        self._yields = is_generator_function(fn)
        self._let_go: dict[Hashable, set[asyncio.Future[Any]]] = {}
        self._alone: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = (
            WeakKeyDictionary()
        )

    async def __call__(self, *args: Any) -> Any:
        """Return what the function does, or an async iterator over what it yields.

        Raises:
            NotPicklableError: the function or a value cannot be sent.
            BrokenExecutorError: the worker ended.
            ExecutorError: the executor does not take it for another reason.
            Exception: whatever the function raised.
        """
        surroundings = surroundings_here()
        await self._wait_for_room(owner_of(surroundings))
        if self._yields:
            return await self._generate(args, surroundings)
        executor = await self._current()
        try:
            return await self._call(executor, args, surroundings)
        except BrokenExecutor as error:
            self._pool.drop(executor)
            if not self._pool.renewable:
                raise self._failed(error) from error
        return await self._call_alone(args, surroundings)

    async def _current(self) -> Executor:
        used_here(self._pool)
        executor: Executor = await POOLED.call(self._pool.current)
        return executor

    async def _call_alone(self, args: Sequence[Any], surroundings: Sequence[Surrounding]) -> Any:
        loop = asyncio.get_running_loop()
        async with self._alone.setdefault(loop, asyncio.Lock()):
            executor = await POOLED.call(self._pool.another)
            try:
                return await self._call(executor, args, surroundings)
            except BrokenExecutor as error:
                raise self._failed(error) from error
            finally:
                executor.shutdown(wait=False)

    async def _call(
        self, executor: Executor, args: Sequence[Any], surroundings: Sequence[Surrounding]
    ) -> Any:
        submission = Submission(executor)
        try:
            done = await self._submit(submission, args, surroundings)
            on_a_thread(done)
            frames = await asyncio.shield(done)
        except asyncio.CancelledError:
            self._drop(submission, owner_of(surroundings))
            raise
        except (BrokenExecutor, ExecutorError):
            raise
        except Exception as error:  # the author's errors are in the frames
            raise self._failed(error) from error
        for frame in frames:
            if frame.kind == "message":
                deliver(frame, surroundings)
        last = frames[-1]
        if last.kind == "error":
            raise error_of(last)
        return last.body

    async def _generate(
        self, args: Sequence[Any], surroundings: Sequence[Surrounding]
    ) -> RemoteGenerator:
        options, owner = self._pool.options, owner_of(surroundings)
        channel = await self._listen(options.host)
        submission = Submission(await self._current())
        try:
            done = await self._submit(submission, args, surroundings, channel.address)
        except BaseException as error:
            channel.close()
            self._drop(submission, owner)
            if isinstance(error, Exception) and not isinstance(error, ExecutorError):
                self._drop_broken(submission.executor, error)
                raise self._failed(error) from error
            raise

        def failed(error: BaseException) -> Exception:
            self._drop_broken(submission.executor, error)
            return self._failed(error)

        let_go = functools.partial(self._drop, submission, owner)
        return RemoteGenerator(channel, done, surroundings, options.ahead, failed, let_go)

    async def _listen(self, host: str) -> GeneratorChannel:
        try:
            return await GeneratorChannel.open(host)
        except OSError as error:
            raise ExecutorError(
                f"{self._name} yields its values to {host}, where this process cannot listen "
                f"({error}). ExecutorOptions(host=...) takes an address of this machine."
            ) from error

    async def _submit(
        self,
        submission: Submission,
        args: Sequence[Any],
        surroundings: Sequence[Surrounding],
        address: Address | None = None,
    ) -> asyncio.Future[Sequence[Frame]]:
        carried = [(each.restore, each.state) for each in surroundings]
        task = Task(self._name, self._fn, args, carried, address)
        return awaitable(await POOLED.call(self._hand_over, submission, task))

    def _hand_over(self, submission: Submission, task: Task) -> Future[Any]:
        if shares_memory(submission.executor):
            return submission.submit(run_here, task)
        run = run_in_pool if isinstance(submission.executor, ProcessPoolExecutor) else run_pickled
        return submission.submit(run, pickled(task, submission.executor))

    def _failed(self, error: BaseException) -> ExecutorError:
        return executor_failed(self._name, error, renewed=self._pool.renewable)

    def _drop_broken(self, executor: Executor, error: BaseException) -> None:
        if isinstance(error, BrokenExecutor):
            self._pool.drop(executor)

    def _drop(self, submission: Submission, owner: Hashable) -> None:
        """Let go of a call: it is not begun, or counted for as long as it computes."""
        over = submission.drop()
        if over is None:
            return
        done = awaitable(over)
        waiting = self._let_go.setdefault(owner, set())
        waiting.add(done)

        def returned(_: asyncio.Future[Any]) -> None:
            waiting.discard(done)
            if not waiting and self._let_go.get(owner) is waiting:
                del self._let_go[owner]

        done.add_done_callback(returned)

    async def _wait_for_room(self, owner: Hashable) -> None:
        while len(waiting := self._let_go.get(owner, ())) >= MOST_LET_GO:
            await asyncio.wait(set(waiting), return_when=asyncio.FIRST_COMPLETED)
