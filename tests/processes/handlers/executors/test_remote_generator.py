"""Generators on a process pool: values in order, a small lead, closed at the next step."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from gradio_webrtc import BrokenExecutorError, ExecutorError, ExecutorOptions, WebRTCError
from gradio_webrtc.handlers.executors import remote_generator
from gradio_webrtc.handlers.executors.executor_function import ExecutorFunction
from gradio_webrtc.handlers.executors.generator_channel import GeneratorChannel
from gradio_webrtc.handlers.executors.remote_generator import RemoteGenerator
from tests.support import executor_work as work
from tests.support.sessions import until

AHEAD = 3


async def generator(executor: Any, fn: Any, *args: Any) -> RemoteGenerator:
    made = await ExecutorFunction(fn, ExecutorOptions(executor, ahead=AHEAD))(*args)
    assert isinstance(made, RemoteGenerator)
    return made


async def test_all_values_come_in_order_from_one_process(
    pool: ProcessPoolExecutor, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    values = [value async for value in await generator(pool, work.counts, str(log), 30)]
    assert [number for _, number in values] == list(range(30))
    (pid,) = {pid for pid, _ in values}
    assert pid != os.getpid()
    assert work.notes(log)[-1] == "closed"


async def test_it_is_a_little_ahead_and_closed_at_its_next_step(
    pool: ProcessPoolExecutor, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    counting = await generator(pool, work.counts, str(log))
    for taken in range(1, 4):
        assert (await anext(counting))[1] == taken - 1
        # What follows the first value waits until somebody wants it.
        steps = taken + (AHEAD if taken > 1 else 0)
        await until(lambda steps=steps: len(work.notes(log)) == steps)
    await asyncio.to_thread(time.sleep, 0.1)
    assert len(work.notes(log)) == 3 + AHEAD
    await counting.aclose()
    assert work.notes(log)[-1] == "closed"
    assert len(work.notes(log)) == 3 + AHEAD + 1
    with pytest.raises(StopAsyncIteration):
        await anext(counting)


async def test_one_that_was_never_begun_is_closed(
    pool: ProcessPoolExecutor, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    counting = await generator(pool, work.counts, str(log))
    await counting.aclose()
    assert (await ExecutorFunction(work.where, pool)())[0] != os.getpid()
    assert work.notes(log) == []


async def test_its_errors_come_after_its_values(pool: ProcessPoolExecutor) -> None:
    failing = await generator(pool, work.fails_in_the_middle)
    assert await anext(failing) == 1
    with pytest.raises(WebRTCError, match="no more") as raised:
        await anext(failing)
    assert "fails_in_the_middle" in str(raised.value.__cause__)
    closing = await generator(pool, work.fails_when_closed)
    assert await anext(closing) == 1
    with pytest.raises(ValueError, match="of closing"):
        await closing.aclose()
    slow = await generator(pool, work.times_out_when_closed)
    assert await anext(slow) == 1
    with pytest.raises(TimeoutError, match="of closing"):  # not that it took too long
        await slow.aclose()


async def test_a_worker_that_ends_is_told_and_the_next_one_works() -> None:
    made: list[ProcessPoolExecutor] = []

    def make() -> ProcessPoolExecutor:
        made.append(work.two_processes())
        return made[-1]

    dying = ExecutorFunction(work.dies_in_the_middle, make)
    for _ in range(2):
        steps = await dying()
        assert await anext(steps) == 1
        with pytest.raises(BrokenExecutorError, match="dies_in_the_middle"):
            await asyncio.wait_for(anext(steps), 60)
    assert len(made) == 2
    for each in made:
        each.shutdown()


async def test_a_machine_that_vanishes_without_a_word_is_noticed_by_its_engine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(remote_generator, "LAST_S", 0.1)
    channel = await GeneratorChannel.open("127.0.0.1")
    done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    ended: list[str] = []
    steps = RemoteGenerator(
        channel, done, [], AHEAD, lambda error: RuntimeError(str(error)), lambda: ended.append("ok")
    )
    with socket.create_connection(channel.address[:2]) as vanishing:
        vanishing.sendall(channel.address.token)
        waiting = asyncio.ensure_future(anext(steps))
        await until(lambda: channel.connected.done(), 30)
        # Its connection stays as it is: nobody is there to close it.
        done.set_exception(RuntimeError("the node is lost"))
        with pytest.raises(RuntimeError, match="the node is lost"):
            await asyncio.wait_for(waiting, 30)
    assert ended == ["ok"]


async def test_threads_run_generators_too(tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as threads:
        steps = await generator(threads, work.counts, str(tmp_path / "log"), 3)
        assert [number async for _, number in steps] == [0, 1, 2]


async def test_an_address_that_is_not_of_this_machine() -> None:
    with ThreadPoolExecutor(1) as threads:
        away = ExecutorFunction(work.counts, ExecutorOptions(threads, host="192.0.2.1"))
        with pytest.raises(ExecutorError, match=r"192\.0\.2\.1, where this process cannot listen"):
            await away("nowhere")
