"""Calls on their way to an executor, and back."""

from __future__ import annotations

import asyncio
import pickle
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

import pytest

from gradio_webrtc import ExecutorError, NotPicklableError
from gradio_webrtc.handlers.executors.submission import (
    Submission,
    awaitable,
    pickled,
    shares_memory,
)
from gradio_webrtc.handlers.executors.worker_task import Frame, Task
from tests.support import executor_work as work


def test_a_call_is_taken_back_until_it_runs() -> None:
    gate, running = threading.Event(), threading.Event()

    def work() -> None:
        running.set()
        gate.wait(60)

    with ThreadPoolExecutor(1) as threads:
        first, second, late = (Submission(threads) for _ in range(3))
        future = first.submit(work)
        waiting = second.submit(int, "7")
        assert running.wait(30)
        over = first.drop()
        assert over is not None
        assert not over.done()
        assert second.drop() is None
        assert waiting.cancelled()
        assert late.drop() is None  # before it was handed over
        with pytest.raises(ExecutorError, match="Nobody waits"):
            late.submit(int)
        gate.set()
        future.result(30)
        over.result(30)
        assert first.drop() is None


def test_a_call_that_begins_while_it_is_let_go_of_counts_until_it_is_over() -> None:
    gate = threading.Event()

    class BeginsAtOnce(ThreadPoolExecutor):
        def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
            running = threading.Event()
            future = super().submit(lambda: (running.set(), fn(*args, **kwargs)))
            assert running.wait(30)
            drops.append(submission.drop())
            return future

    drops: list[Future[None] | None] = []
    with BeginsAtOnce(1) as threads:
        submission = Submission(threads)
        submission.submit(gate.wait, 60)
        (over,) = drops
        assert over is not None
        assert not over.done()
        gate.set()
        over.result(30)


def test_a_call_that_the_executor_refuses_is_over() -> None:
    threads = ThreadPoolExecutor(1)
    threads.shutdown()
    submission = Submission(threads)
    with pytest.raises(RuntimeError, match="after shutdown"):
        submission.submit(int)
    assert submission.drop() is None


def test_only_threads_share_memory() -> None:
    with ThreadPoolExecutor(1) as threads, ProcessPoolExecutor(1) as processes:
        assert shares_memory(threads)
        assert not shares_memory(processes)


async def test_what_a_task_says_is_read_and_what_the_executor_says_is_raised() -> None:
    said: list[Future[object]] = [Future() for _ in range(4)]
    frames = [Frame("value", 7)]
    said[0].set_result(pickle.dumps(frames))
    said[1].set_result(frames)
    said[2].set_exception(ValueError("killed"))
    said[3].cancel()
    assert await awaitable(said[0]) == await awaitable(said[1]) == frames
    with pytest.raises(ValueError, match="killed"):
        await awaitable(said[2])
    with pytest.raises(ExecutorError, match="shut down before"):
        await awaitable(said[3])


def test_an_answer_after_the_end_of_the_loop_is_nobodys() -> None:
    late: Future[object] = Future()

    async def let_go() -> None:
        awaitable(late)

    asyncio.run(let_go())
    late.set_result([])


def test_a_process_pool_takes_what_pickle_takes_and_others_perhaps_more() -> None:
    task = Task("where", work.where, (1,), ())
    with ProcessPoolExecutor(1) as processes:
        assert pickle.loads(pickled(task, processes)) == task
        with pytest.raises(NotPicklableError, match="itself"):
            pickled(Task("lambda", lambda: 1, (), ()), processes)
    assert pickle.loads(pickled(task, Executor())) == task
