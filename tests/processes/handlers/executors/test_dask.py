"""Two workers of Dask: functions and generators there, let go, closed, and one that dies."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Iterator
from concurrent.futures import Executor
from pathlib import Path

import pytest
from distributed import Client, LocalCluster

from gradio_webrtc import BrokenExecutorError, NotPicklableError, WebRTCError
from gradio_webrtc.handlers.executors.executor_function import ExecutorFunction
from tests.processes.handlers.executors.barge_in import interrupts
from tests.support import executor_work as work
from tests.support.sessions import until


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    with LocalCluster(**options) as cluster, Client(cluster) as client:
        yield client


@pytest.fixture(scope="module")
def dask(client: Client) -> Executor:
    executor: Executor = client.get_executor()
    return executor


async def test_functions_and_generators_run_on_its_workers(dask: Executor, tmp_path: Path) -> None:
    pid, values = await ExecutorFunction(work.where, dask)(1, "two")
    assert pid != os.getpid()
    assert values == (1, "two")
    with pytest.raises(WebRTCError, match="not today"):
        await ExecutorFunction(work.refuses, dask)("not today")
    log = tmp_path / "log"
    counting = await ExecutorFunction(work.counts, dask)(str(log), 20)
    found = [value async for value in counting]
    assert [number for _, number in found] == list(range(20))
    assert os.getpid() not in {pid for pid, _ in found}
    # What pickle alone does not take.
    assert await ExecutorFunction(lambda number: number + 1, dask)(1) == 2
    with pytest.raises(NotPicklableError, match="its arguments"):
        await ExecutorFunction(work.nothing, dask)(threading.Lock())


async def test_a_generator_is_closed_at_its_next_step(dask: Executor, tmp_path: Path) -> None:
    log = tmp_path / "log"
    counting = await ExecutorFunction(work.counts, dask)(str(log))
    assert (await anext(counting))[1] == 0
    await counting.aclose()
    await until(lambda: work.notes(log) == ["0", "closed"])


async def test_an_interrupted_reply_is_closed_on_its_worker(dask: Executor, tmp_path: Path) -> None:
    await interrupts(dask, tmp_path / "log")


async def test_calls_that_no_worker_has_begun_are_taken_back(
    dask: Executor, client: Client, tmp_path: Path
) -> None:
    begun, gate = tmp_path / "begun", tmp_path / "gate"
    busy = ExecutorFunction(work.once_there, dask)
    running = [asyncio.ensure_future(busy(str(begun), str(gate), "done")) for _ in range(2)]
    await until(lambda: len(work.notes(begun)) == 2)
    waiting = [asyncio.ensure_future(busy(str(begun), str(gate))) for _ in range(2)]

    async def dask_has(calls: int) -> None:
        for _ in range(300):
            tasks = await asyncio.to_thread(client.processing)
            if sum(len(each) for each in tasks.values()) == calls:
                return
            await asyncio.sleep(0.1)
        raise AssertionError(f"not {calls} calls, but {tasks}")

    await dask_has(4)
    for call in waiting:
        call.cancel()
    await asyncio.wait(waiting)
    await dask_has(2)
    gate.touch()
    assert await asyncio.wait_for(asyncio.gather(*running), 60) == ["done", "done"]
    assert len(work.notes(begun)) == 2


async def test_a_dead_worker_costs_what_ran_on_it(dask: Executor, tmp_path: Path) -> None:
    begun, gate = tmp_path / "begun", tmp_path / "gate"
    innocent = asyncio.ensure_future(
        ExecutorFunction(work.once_there, dask)(str(begun), str(gate), "done")
    )
    await until(lambda: work.notes(begun))
    steps = await ExecutorFunction(work.dies_in_the_middle, dask)()
    assert await anext(steps) == 1
    with pytest.raises(BrokenExecutorError, match="The next call runs on another worker"):
        await asyncio.wait_for(anext(steps), 60)
    gate.touch()
    assert await asyncio.wait_for(innocent, 60) == "done"
    assert (await ExecutorFunction(work.where, dask)())[0] != os.getpid()
