"""One thread for one session's sync code."""

from __future__ import annotations

import asyncio
import gc
import logging
import queue
import sys
import threading
import time
import traceback
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import pytest

from gradio_webrtc.concurrency.thread_interrupt import HandlerReleased
from gradio_webrtc.concurrency.worker import Worker
from gradio_webrtc.errors import HandlerError, SessionClosedError
from tests.support.thread_fixtures import Until

pytestmark = pytest.mark.asyncio

who: ContextVar[str] = ContextVar("who", default="nobody")


async def test_runs_on_one_daemon_thread_of_its_own_and_returns_the_result() -> None:
    worker = Worker("named")
    first = await worker.call(threading.current_thread)
    assert first is await worker.call(threading.current_thread)
    assert first is not threading.current_thread()
    assert first.daemon
    assert first.name == "named"
    assert await worker.call(divmod, 7, 2) == (3, 1)
    await worker.aclose()


async def test_starts_no_thread_before_the_first_call() -> None:
    before = threading.active_count()
    worker = Worker("unused")
    assert threading.active_count() == before
    await worker.aclose()


async def test_sees_the_callers_context_and_cannot_change_it() -> None:
    worker = Worker("context")
    who.set("alice")

    def read_and_change() -> str:
        seen = who.get()
        who.set("mallory")
        return seen

    assert await worker.call(read_and_change) == "alice"
    assert who.get() == "alice"
    assert await worker.call(who.get) == "alice"
    await worker.aclose()


async def test_exceptions_keep_their_traceback() -> None:
    worker = Worker("raises")

    def a_function_with_a_name() -> None:
        raise KeyError("missing")

    with pytest.raises(KeyError, match="missing") as caught:
        await worker.call(a_function_with_a_name)
    assert "a_function_with_a_name" in "".join(traceback.format_tb(caught.value.__traceback__))
    assert await worker.call(lambda: "still works") == "still works"
    await worker.aclose()


@pytest.mark.parametrize("kind", [SystemExit, KeyboardInterrupt, asyncio.CancelledError])
async def test_what_would_end_the_loop_or_the_task_comes_as_an_error(
    kind: type[BaseException],
) -> None:
    worker = Worker("exits")

    def leave() -> None:
        raise kind("bye")

    with pytest.raises(HandlerError, match=kind.__name__) as caught:
        await worker.call(leave)
    assert isinstance(caught.value.__cause__, kind)
    await worker.aclose()


async def test_stop_iteration_does_not_hang_the_caller() -> None:
    worker = Worker("stops")
    with pytest.raises(HandlerError, match="StopIteration"):
        await asyncio.wait_for(worker.call(next, iter(())), 10)
    await worker.aclose()


async def test_a_cancelled_caller_drops_the_result_and_the_thread_goes_on(until: Until) -> None:
    worker = Worker("slow")
    go, finished = threading.Event(), threading.Event()

    def slow() -> str:
        go.wait()
        finished.set()
        return "late"

    calling = asyncio.ensure_future(worker.call(slow))
    await asyncio.sleep(0)
    calling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await calling
    go.set()
    assert await worker.call(lambda: "next") == "next"
    assert finished.is_set()
    await worker.aclose()


async def test_an_exception_nobody_waits_for_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    worker = Worker("quitter")
    go = threading.Event()

    def fail() -> None:
        go.wait()
        raise ValueError("nobody sees me")

    calling = asyncio.ensure_future(worker.call(fail))
    await asyncio.sleep(0)
    calling.cancel()
    await asyncio.wait({calling})
    with caplog.at_level(logging.WARNING, "gradio_webrtc.handlers"):
        go.set()
        await worker.call(int)
    assert "quitter" in caplog.text
    assert "nobody sees me" in caplog.text
    await worker.aclose()


async def test_refuses_calls_once_closed() -> None:
    worker = Worker("closed")
    await worker.call(int)
    await worker.aclose()
    await worker.aclose()
    with pytest.raises(SessionClosedError):
        await worker.call(int)


async def test_blocked_workers_starve_nobody() -> None:
    release = threading.Event()
    blocked = [Worker(f"blocked {n}") for n in range(20)]
    calls = [asyncio.ensure_future(worker.call(release.wait)) for worker in blocked]
    await asyncio.sleep(0)
    free = Worker("free")
    started = time.perf_counter()
    for _ in range(10):
        await asyncio.wait_for(free.call(int), 5)
    assert time.perf_counter() - started < 2
    release.set()
    await asyncio.gather(*calls)
    await asyncio.gather(*(worker.aclose() for worker in [*blocked, free]))


@pytest.mark.parametrize(
    "block",
    [
        lambda: queue.Queue().get(),
        lambda: threading.Event().wait(),
        lambda: _wait_on(threading.Condition()),
        lambda: _full(queue.Queue(maxsize=1)),
    ],
    ids=["queue-get", "event", "condition", "queue-put"],
)
async def test_closing_frees_code_that_waits_for_ever(block: Callable[[], Any]) -> None:
    worker = Worker("waits")
    calling = asyncio.ensure_future(worker.call(block))
    await asyncio.sleep(0.05)
    started = time.perf_counter()
    await worker.aclose()
    assert time.perf_counter() - started < 1.5
    with pytest.raises(SessionClosedError):
        await calling


def _wait_on(condition: threading.Condition) -> None:
    with condition:
        condition.wait()


def _full(full: queue.Queue[int]) -> None:
    full.put(1)
    full.put(2)


async def test_freeing_one_waiter_leaves_others_on_the_same_queue_alone() -> None:
    shared: queue.Queue[str] = queue.Queue()
    leaving, staying = Worker("leaving"), Worker("staying")
    gone = asyncio.ensure_future(leaving.call(shared.get))
    stays = asyncio.ensure_future(staying.call(shared.get))
    await asyncio.sleep(0.05)
    await leaving.aclose()
    assert gone.done()
    assert not stays.done()
    shared.put("for the one who stays")
    assert await asyncio.wait_for(stays, 5) == "for the one who stays"
    gone.exception()
    await staying.aclose()


async def test_freed_code_runs_its_finally_blocks() -> None:
    worker = Worker("tidy")
    seen: list[type[BaseException] | None] = []

    def wait() -> None:
        try:
            queue.Queue().get()
        finally:
            seen.append(sys.exc_info()[0])

    calling = asyncio.ensure_future(worker.call(wait))
    await asyncio.sleep(0.05)
    await worker.aclose()
    await asyncio.wait({calling})
    calling.exception()
    assert seen == [HandlerReleased]


async def test_code_that_computes_may_finish_first() -> None:
    worker = Worker("computes")
    finished = threading.Event()

    def compute() -> None:
        end = time.monotonic() + 0.8
        while time.monotonic() < end:
            time.sleep(0.001)
        finished.set()

    calling = asyncio.ensure_future(worker.call(compute))
    await asyncio.sleep(0)
    await worker.aclose()
    assert finished.is_set()
    await calling


async def test_an_endless_loop_is_interrupted_in_the_end() -> None:
    worker = Worker("endless")

    def loop() -> None:
        while True:
            time.sleep(0.001)

    calling = asyncio.ensure_future(worker.call(loop))
    await asyncio.sleep(0)
    await worker.aclose()
    with pytest.raises(SessionClosedError):
        await calling


async def test_code_stuck_outside_python_is_named_and_left_behind(
    caplog: pytest.LogCaptureFixture,
) -> None:
    worker = Worker("Stuck.emit")
    lock = threading.Lock()
    lock.acquire()
    calling = asyncio.ensure_future(worker.call(lock.acquire))
    await asyncio.sleep(0)
    await worker.aclose()
    assert "Stuck.emit has not returned" in caplog.text
    lock.release()
    with pytest.raises(SessionClosedError):
        await asyncio.wait_for(calling, 5)


async def test_queued_calls_run_before_the_thread_ends() -> None:
    worker = Worker("queued")
    done: list[int] = []
    calls = [asyncio.ensure_future(worker.call(done.append, n)) for n in range(5)]
    await asyncio.sleep(0)
    await worker.aclose()
    await asyncio.gather(*calls)
    assert done == [0, 1, 2, 3, 4]


async def test_interrupts_that_race_with_the_end_of_a_call_never_hurt_the_worker() -> None:
    worker = Worker("raced")
    stop = threading.Event()

    calls = 0

    def work(steps: int) -> None:
        for _ in range(steps):
            time.sleep(1e-6)  # lets the other thread run here

    def hammer() -> None:
        interrupted = 0
        while not stop.is_set():
            time.sleep(0)
            if interrupted < calls and worker._user_code._inside:
                interrupted = calls
                worker._user_code.interrupt()

    outcomes = {"done": 0, "released": 0}
    hammering = threading.Thread(target=hammer)
    switch_interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    gc.disable()  # an interrupt that arrives in a collector's callback is lost, with a warning
    try:
        hammering.start()
        for calls in range(1, 3001):
            # In every other call the user code ends with the moment it can be interrupted.
            job = (time.sleep, 1e-6) if calls % 2 else (work, calls % 8)
            try:
                await asyncio.wait_for(worker.call(*job), 10)
                outcomes["done"] += 1
            except SessionClosedError:
                outcomes["released"] += 1
    finally:
        gc.enable()
        sys.setswitchinterval(switch_interval)
        stop.set()
        hammering.join()
    assert await worker.call(lambda: "alive") == "alive"
    assert min(outcomes.values()) > 0, outcomes
    await worker.aclose()


async def test_a_call_costs_little() -> None:
    """Generous bound; the number itself is printed by the benchmark, not here."""
    worker = Worker("cheap")
    await worker.call(int)
    started = time.perf_counter()
    for _ in range(500):
        await worker.call(int)
    assert (time.perf_counter() - started) / 500 < 0.002
    await worker.aclose()
