"""Functions on a process pool: what they return and raise, what is let go, and dead workers."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradio_webrtc import (
    BrokenExecutorError,
    ConfigurationError,
    ExecutorError,
    NotPicklableError,
    ReplyOnPause,
    Stream,
    WebRTCError,
    get_current_context,
)
from gradio_webrtc.handlers.executors.executor_function import MOST_LET_GO, ExecutorFunction
from gradio_webrtc.session import messages
from gradio_webrtc.session.context import Context, set_current_context
from tests.support import executor_work as work
from tests.support.sessions import until


def on(executor: Any, fn: Callable[..., Any]) -> ExecutorFunction:
    return ExecutorFunction(fn, executor)


class Told:
    """The channel of a session."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.notified: list[messages.Message] = []

    def send(self, text: str) -> None:
        self.sent.append(text)

    def notify(self, message: messages.Message) -> None:
        self.notified.append(message)


async def test_it_runs_elsewhere_with_its_arguments(pool: ProcessPoolExecutor) -> None:
    pid, values = await on(pool, work.where)(1, "two")
    assert pid != os.getpid()
    assert values == (1, "two")
    picture = np.arange(240 * 320 * 3, dtype=np.uint8).reshape(240, 320, 3)
    assert np.array_equal(await on(pool, work.doubled)(picture), 2 * picture)
    assert (await on(pool, partial(work.where, 1))(2))[1] == (1, 2)


async def test_its_errors_are_its_own_with_where_they_were_raised(
    pool: ProcessPoolExecutor,
) -> None:
    with pytest.raises(WebRTCError, match=r"^not today$") as raised:
        await on(pool, work.refuses)("not today")
    assert "in refuses" in str(raised.value.__cause__)
    # One that cannot be made anew here would have ended the pool's own thread.
    with pytest.raises(ExecutorError, match="Peculiar: very odd"):
        await on(pool, work.peculiar)()
    assert await on(pool, work.nothing)() is None
    # What ends a program ends no server.
    for error in (SystemExit, KeyboardInterrupt):
        with pytest.raises(ExecutorError, match=f"{error.__name__}: of a worker"):
            await on(pool, work.raises)(error, "of a worker")


async def test_what_cannot_be_sent_is_told_in_words(pool: ProcessPoolExecutor) -> None:
    with pytest.raises(NotPicklableError, match=r"itself cannot be sent .* no lambda"):
        await on(pool, work.NOT_OF_A_MODULE)()
    with pytest.raises(NotPicklableError, match="its arguments cannot be sent"):
        await on(pool, work.nothing)(threading.Lock())
    with pytest.raises(NotPicklableError, match="what it returned cannot be sent"):
        await on(pool, work.a_lock)()
    with pytest.raises(NotPicklableError, match="what it yielded cannot be sent"):
        await anext(await on(pool, work.yields_a_lock)())
    with pytest.raises(ExecutorError, match="generator functions only"):
        await on(pool, work.returns_a_generator)(3)


async def test_threads_take_what_cannot_be_pickled() -> None:
    with ThreadPoolExecutor(1) as threads:
        assert await on(threads, lambda lock: lock)(lock := threading.Lock()) is lock


async def test_what_it_does_not_run_is_refused() -> None:
    async def later() -> None: ...

    with ThreadPoolExecutor(1) as threads:
        with pytest.raises(ConfigurationError, match="later is async"):
            on(threads, later)
        with pytest.raises(ConfigurationError, match=r"ReplyOnPause\(fn, executor=...\)"):
            Stream(ReplyOnPause(work.nothing), executor=threads)
        with pytest.raises(ConfigurationError, match="later is async"):
            ReplyOnPause(later, executor=threads)
    with pytest.raises(ConfigurationError, match=r"executor must be a concurrent\.futures"):
        on(ProcessPoolExecutor, work.nothing)
    with pytest.raises(ExecutorError, match="its executor was shut down"):
        await on(threads, work.nothing)()


async def test_the_session_is_known_there(pool: ProcessPoolExecutor) -> None:
    told = Told()
    set_current_context(Context("abc", _channel=told))
    assert await on(pool, work.says_where_it_is)() == "abc"
    assert told.sent == ["sent from a worker"]
    assert [message.data for message in told.notified] == ["told from a worker"]
    assert get_current_context().webrtc_id == "abc"


async def test_a_call_nobody_waits_for_is_taken_back_or_let_go(
    pool: ProcessPoolExecutor, tmp_path: Path
) -> None:
    begun, gate = tmp_path / "begun", tmp_path / "gate"
    busy = on(pool, work.once_there)
    # Two workers compute, and a pool of two takes three calls more as begun.
    calls = [asyncio.ensure_future(busy(str(begun), str(gate))) for _ in range(10)]
    await until(lambda: len(work.notes(begun)) == 2)
    for call in calls:
        call.cancel()
    await asyncio.wait(calls)
    assert all(call.cancelled() for call in calls)
    gate.touch()
    assert (await on(pool, work.where)())[0] != os.getpid()
    assert len(work.notes(begun)) <= 5


async def test_a_connection_may_let_go_of_so_many_and_others_are_not_held_up() -> None:
    gate, running = threading.Event(), threading.Semaphore(0)

    def waits() -> None:
        running.release()
        gate.wait(60)

    def begin(who: str) -> asyncio.Task[Any]:
        context = copy_context()
        context.run(set_current_context, Context(who))
        return context.run(asyncio.ensure_future, busy())

    with ThreadPoolExecutor(2 * MOST_LET_GO) as threads:
        busy = on(threads, waits)
        for _ in range(MOST_LET_GO):
            call = begin("a")
            await asyncio.to_thread(running.acquire)
            call.cancel()
            await asyncio.wait({call})
        waiting, other = begin("a"), begin("b")
        await asyncio.to_thread(running.acquire)
        await asyncio.sleep(0)
        assert not running.acquire(blocking=False)
        gate.set()
        await asyncio.wait_for(asyncio.gather(waiting, other), 30)
        assert running.acquire(blocking=False)


async def test_a_dead_worker_of_an_executor_is_told_with_what_to_do() -> None:
    with work.two_processes() as pool:
        with pytest.raises(BrokenExecutorError, match=r"dies ended.*takes no more calls.*lambda:"):
            await on(pool, work.dies)()
        with pytest.raises(BrokenExecutorError, match="start the app anew"):
            await on(pool, work.where)()


async def test_a_dead_worker_costs_the_one_call_where_executors_are_made(tmp_path: Path) -> None:
    begun, gate = tmp_path / "begun", tmp_path / "gate"
    made: list[ProcessPoolExecutor] = []

    def make() -> ProcessPoolExecutor:
        made.append(work.two_processes())
        return made[-1]

    def function(fn: Callable[..., Any]) -> ExecutorFunction:
        one = ExecutorFunction(fn, make)
        one._pool = shared._pool
        return one

    shared = ExecutorFunction(work.once_there, make)
    innocent = asyncio.ensure_future(shared(str(begun), str(gate), "done"))
    guilty = asyncio.ensure_future(function(work.dies_once_there)(str(begun), str(gate)))
    await until(lambda: len(work.notes(begun)) == 2)
    gate.touch()
    with pytest.raises(BrokenExecutorError, match="The next call runs on another worker"):
        await asyncio.wait_for(guilty, 60)
    assert await asyncio.wait_for(innocent, 60) == "done"
    assert (await function(work.where)())[0] != os.getpid()
    for each in made:
        each.shutdown()
