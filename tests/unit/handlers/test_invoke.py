"""Sync and async user code, called and iterated alike."""

from __future__ import annotations

import asyncio
import functools
import queue
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextvars import ContextVar

import pytest
import pytest_asyncio

from gradio_webrtc.concurrency.worker import Worker
from gradio_webrtc.errors import HandlerError, SessionClosedError
from gradio_webrtc.handlers.invoke import call, iterate

pytestmark = pytest.mark.asyncio

who: ContextVar[str] = ContextVar("who", default="nobody")


@pytest_asyncio.fixture
async def worker(nothing_left_behind: None) -> AsyncIterator[Worker]:
    worker = Worker("user code")
    yield worker
    await worker.aclose()


def add(a: int, b: int) -> tuple[int, str, bool]:
    return a + b, who.get(), threading.current_thread() is threading.main_thread()


async def add_async(a: int, b: int) -> tuple[int, str, bool]:
    await asyncio.sleep(0)
    return add(a, b)


class Adder:
    def __call__(self, a: int, b: int) -> tuple[int, str, bool]:
        return add(a, b)

    def method(self, a: int, b: int) -> tuple[int, str, bool]:
        return add(a, b)

    async def async_method(self, a: int, b: int) -> tuple[int, str, bool]:
        return await add_async(a, b)


class AsyncAdder:
    async def __call__(self, a: int, b: int) -> tuple[int, str, bool]:
        return await add_async(a, b)


@pytest.mark.parametrize(
    "fn",
    [add, lambda a, b: add(a, b), functools.partial(add), Adder(), Adder().method],
    ids=["function", "lambda", "partial", "callable object", "method"],
)
async def test_sync_code_runs_on_the_worker_in_the_callers_context(fn, worker):
    who.set("alice")
    assert await call(fn, 1, 2, worker=worker) == (3, "alice", False)
    assert await call(fn, 2, worker=worker, first=lambda: 5) == (7, "alice", False)


@pytest.mark.parametrize(
    "fn",
    [
        add_async,
        functools.partial(functools.partial(add_async)),
        functools.partial(AsyncAdder()),
        AsyncAdder(),
        Adder().async_method,
        lambda a, b: add_async(a, b),
    ],
    ids=["function", "partial", "partial of object", "callable object", "method", "lambda"],
)
async def test_async_code_runs_on_the_loop_in_the_callers_context(fn, worker):
    who.set("bob")
    assert await call(fn, 1, 2, worker=worker) == (3, "bob", True)
    assert await call(fn, 2, worker=worker, first=lambda: 5) == (7, "bob", True)


async def test_the_first_argument_is_made_on_the_worker_even_for_async_code(worker):
    async def same(thread: threading.Thread) -> threading.Thread:
        return thread

    made_on = await call(same, worker=worker, first=threading.current_thread)
    assert made_on is not threading.main_thread()


async def test_system_exit_in_async_code_does_not_end_the_server(worker):
    async def leave() -> None:
        raise SystemExit("bye")

    with pytest.raises(HandlerError, match="SystemExit"):
        await call(leave, worker=worker)


def count(to: int, log: list[object]) -> Iterator[int]:
    try:
        for n in range(to):
            log.append(threading.current_thread())
            yield n
    finally:
        log.append(("closed on", threading.current_thread()))


async def count_async(to: int, log: list[object]) -> AsyncIterator[int]:
    try:
        for n in range(to):
            await asyncio.sleep(0)
            log.append(asyncio.current_task())
            yield n
    finally:
        log.append(("closed on", asyncio.current_task()))


@pytest.mark.parametrize("generator", [count, count_async])
class TestGenerators:
    async def test_all_steps_and_the_close_have_one_owner(self, generator, worker):
        log: list[object] = []
        steps = iterate(generator(3, log), worker)
        assert [value async for value in steps] == [0, 1, 2]
        with pytest.raises(StopAsyncIteration):
            await steps.__anext__()
        owners = {entry[1] if isinstance(entry, tuple) else entry for entry in log}
        assert len(log) == 4
        assert len(owners) == 1
        assert not owners & {threading.main_thread(), asyncio.current_task()}
        await steps.aclose()

    async def test_closed_between_steps_it_runs_its_finally(self, generator, worker):
        log: list[object] = []
        steps = iterate(generator(3, log), worker)
        assert await steps.__anext__() == 0
        await steps.aclose()
        await steps.aclose()
        assert log[1] == ("closed on", log[0])
        with pytest.raises(StopAsyncIteration):
            await steps.__anext__()

    async def test_closed_before_its_first_step(self, generator, worker):
        log: list[object] = []
        steps = iterate(generator(3, log), worker)
        await steps.aclose()
        assert log == []

    async def test_steps_see_the_callers_context(self, generator, worker):
        who.set("carol")
        if generator is count:
            steps = iterate((who.get() for _ in range(1)), worker)
        else:
            steps = iterate(_name_async(), worker)
        assert await steps.__anext__() == "carol"
        await steps.aclose()


async def _name_async() -> AsyncIterator[str]:
    yield who.get()


async def test_an_exception_in_a_step_reaches_the_consumer(worker):
    def fails() -> Iterator[int]:
        yield 1
        raise ValueError("in a step")

    async def fails_async() -> AsyncIterator[int]:
        yield 1
        raise ValueError("in a step")

    for source in (fails(), fails_async()):
        steps = iterate(source, worker)
        assert await steps.__anext__() == 1
        with pytest.raises(ValueError, match="in a step"):
            await steps.__anext__()
        with pytest.raises(StopAsyncIteration):
            await steps.__anext__()


async def test_a_generator_closed_while_it_computes_drops_its_value_and_closes_itself(
    worker, until_async
):
    go, closed = threading.Event(), threading.Event()
    where: list[threading.Thread] = []

    def slow() -> Iterator[str]:
        try:
            where.append(threading.current_thread())
            go.wait()
            yield "late"
            yield "never asked for"
        finally:
            where.append(threading.current_thread())
            closed.set()

    steps = iterate(slow(), worker)
    values: list[object] = []

    async def consume() -> None:
        values.extend([value async for value in steps])

    consuming = asyncio.ensure_future(consume())
    await until_async(lambda: len(where) == 1)
    started = time.perf_counter()
    steps.close_soon()
    await asyncio.wait_for(consuming, 5)  # it does not wait for the computation
    assert time.perf_counter() - started < 2
    assert not closed.is_set()
    go.set()
    await steps.aclose()
    assert closed.is_set()
    assert values == []
    assert where[0] is where[1]
    assert where[0] is not threading.main_thread()


async def test_an_async_generator_closed_while_it_waits_is_cancelled_there(worker, until_async):
    log: list[str] = []

    async def waits() -> AsyncIterator[str]:
        log.append("waiting")
        try:
            await asyncio.Event().wait()
            yield "never"
        except asyncio.CancelledError:
            log.append("cancelled")
            raise
        finally:
            log.append("closed")

    steps = iterate(waits(), worker)

    async def consume() -> list[str]:
        return [value async for value in steps]

    consuming = asyncio.ensure_future(consume())
    await until_async(lambda: log == ["waiting"])
    steps.close_soon()
    assert await asyncio.wait_for(consuming, 5) == []
    await steps.aclose()
    assert log == ["waiting", "cancelled", "closed"]


async def test_a_cancelled_consumer_loses_one_value_of_either_kind(worker):
    go, go_async = threading.Event(), asyncio.Event()

    def numbers() -> Iterator[int]:
        go.wait()
        yield 1
        yield 2

    async def numbers_async() -> AsyncIterator[int]:
        await go_async.wait()
        yield 1
        yield 2

    for source, event in ((numbers(), go), (numbers_async(), go_async)):
        steps = iterate(source, worker)
        step = asyncio.ensure_future(steps.__anext__())
        await asyncio.sleep(0.01)
        step.cancel()
        await asyncio.wait({step})
        event.set()
        assert await asyncio.wait_for(steps.__anext__(), 5) == 2
        await steps.aclose()


async def test_a_blocked_generator_is_freed_with_its_worker(nothing_left_behind, until_async):
    worker = Worker("blocked generator")
    log: list[str] = []

    def blocks() -> Iterator[str]:
        words: queue.Queue[str] = queue.Queue()
        try:
            while True:
                log.append("waits")
                yield words.get()
        finally:
            log.append("closed")

    steps = iterate(blocks(), worker)
    step = asyncio.ensure_future(steps.__anext__())
    await until_async(lambda: log == ["waits"])
    steps.close_soon()
    await worker.aclose()
    assert log == ["waits", "closed"]
    with pytest.raises(StopAsyncIteration):
        await step


async def test_what_fails_in_a_generators_finally_is_logged_and_raised_by_aclose(worker, caplog):
    def careless() -> Iterator[int]:
        try:
            yield 1
        finally:
            raise OSError("cannot tidy up")

    async def careless_async() -> AsyncIterator[int]:
        try:
            yield 1
        finally:
            raise OSError("cannot tidy up")

    for source in (careless(), careless_async()):
        caplog.clear()
        steps = iterate(source, worker)
        await steps.__anext__()
        with pytest.raises(OSError, match="cannot tidy up"):
            await steps.aclose()
        assert "cannot tidy up" in caplog.text


async def test_plain_iterators_need_no_close(worker):
    assert [value async for value in iterate(map(str, range(2)), worker)] == ["0", "1"]
    steps = iterate(iter([1]), worker)
    await steps.aclose()


async def test_closing_after_the_worker_is_harmless(nothing_left_behind):
    worker = Worker("gone")
    steps = iterate(iter([1]), worker)
    assert await steps.__anext__() == 1
    await worker.aclose()
    steps.close_soon()
    await steps.aclose()
    with pytest.raises((StopAsyncIteration, SessionClosedError)):
        await steps.__anext__()
