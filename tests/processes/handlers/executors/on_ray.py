"""Two workers of Ray: functions and generators there, let go, closed, and one that dies.

``test_ray.py`` runs this in a process of its own, whose environment Ray reads when it is imported.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import ray

from gradio_webrtc import BrokenExecutorError, RayExecutor, WebRTCError
from gradio_webrtc.handlers.executors.executor_function import ExecutorFunction
from tests.processes.handlers.executors.barge_in import interrupts
from tests.support import executor_work as work
from tests.support.sessions import until

PATIENCE = 60.0
"""Seconds: Ray starts a process in place of one that died, which loads this package."""


@pytest.fixture(scope="module")
def executor() -> Iterator[RayExecutor]:
    ray.init(
        num_cpus=2,
        include_dashboard=False,
        log_to_driver=False,
        configure_logging=False,
        object_store_memory=80_000_000,
        _node_ip_address="127.0.0.1",
        _temp_dir=os.environ["RAY_FOLDER"],
    )
    yield RayExecutor()
    ray.shutdown()


async def test_functions_and_generators_run_on_its_workers(
    executor: RayExecutor, tmp_path: Path
) -> None:
    pid, values = await ExecutorFunction(work.where, executor)(1, "two")
    assert pid != os.getpid()
    assert values == (1, "two")
    with pytest.raises(WebRTCError, match="not today"):
        await ExecutorFunction(work.refuses, executor)("not today")
    counting = await ExecutorFunction(work.counts, executor)(str(tmp_path / "log"), 20)
    found = [value async for value in counting]
    assert [number for _, number in found] == list(range(20))
    assert os.getpid() not in {pid for pid, _ in found}
    # What pickle alone does not take.
    assert await ExecutorFunction(lambda number: number + 1, executor)(1) == 2


async def test_a_generator_is_closed_at_its_next_step(
    executor: RayExecutor, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    counting = await ExecutorFunction(work.counts, executor)(str(log))
    assert (await anext(counting))[1] == 0
    await counting.aclose()
    await until(lambda: work.notes(log) == ["0", "closed"])


async def test_an_interrupted_reply_is_closed_on_its_worker(
    executor: RayExecutor, tmp_path: Path
) -> None:
    await interrupts(executor, tmp_path / "log")


async def test_calls_nobody_waits_for_are_taken_back_or_interrupted(
    executor: RayExecutor, tmp_path: Path
) -> None:
    begun, ended, never = tmp_path / "begun", tmp_path / "ended", str(tmp_path / "never")
    busy = ExecutorFunction(work.notes_its_end, executor)
    calls = [asyncio.ensure_future(busy(str(begun), never, str(ended))) for _ in range(2)]
    await until(lambda: len(work.notes(begun)) == 2, PATIENCE)
    calls += [asyncio.ensure_future(busy(str(begun), never, str(ended))) for _ in range(3)]
    await asyncio.sleep(0)
    for call in calls:
        call.cancel()
    await asyncio.wait(calls)
    # Both that computed were interrupted: there are workers for what comes next.
    assert (await asyncio.wait_for(ExecutorFunction(work.where, executor)(), PATIENCE))[0]
    await until(lambda: work.notes(ended) == ["KeyboardInterrupt"] * 2, PATIENCE)
    assert len(work.notes(begun)) == 2


async def test_a_dead_worker_costs_what_ran_on_it(executor: RayExecutor, tmp_path: Path) -> None:
    begun, gate = tmp_path / "begun", tmp_path / "gate"
    innocent = asyncio.ensure_future(
        ExecutorFunction(work.once_there, executor)(str(begun), str(gate), "done")
    )
    await until(lambda: work.notes(begun), PATIENCE)
    steps = await ExecutorFunction(work.dies_in_the_middle, executor)()
    assert await asyncio.wait_for(anext(steps), PATIENCE) == 1
    with pytest.raises(BrokenExecutorError, match="The next call runs on another worker"):
        await asyncio.wait_for(anext(steps), PATIENCE)
    with pytest.raises(BrokenExecutorError, match="dies ended"):
        await asyncio.wait_for(ExecutorFunction(work.dies, executor)(), PATIENCE)
    gate.touch()
    assert await asyncio.wait_for(innocent, PATIENCE) == "done"
    assert (await ExecutorFunction(work.where, executor)())[0] != os.getpid()
