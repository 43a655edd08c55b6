"""Processes that end alone: what a dead one costs, what is taken back, and how all of them end."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import pytest

from gradio_webrtc import BrokenExecutorError, ConfigurationError, IsolatedProcessPool
from gradio_webrtc.handlers.executors.executor_function import ExecutorFunction
from gradio_webrtc.session.state import CloseReason
from tests.support import executor_work as work
from tests.support.scripted_conversation import ScriptedReply, Talk
from tests.support.sessions import until
from tests.support.thread_fixtures import wait_until

PATIENCE = 60.0
"""Seconds: a process that is begun anew loads this package."""


@pytest.fixture(scope="module")
def pool() -> Iterator[IsolatedProcessPool]:
    with IsolatedProcessPool(2) as executor:
        yield executor


def pid_of(pool: IsolatedProcessPool) -> int:
    return pool.submit(os.getpid).result(PATIENCE)


async def test_a_dead_process_costs_the_call_that_it_ran(
    pool: IsolatedProcessPool, tmp_path: Path
) -> None:
    begun, gate = tmp_path / "begun", tmp_path / "gate"
    innocent = asyncio.ensure_future(
        ExecutorFunction(work.once_there, pool)(str(begun), str(gate), "done")
    )
    await until(lambda: work.notes(begun), PATIENCE)
    for _ in range(2):
        with pytest.raises(BrokenExecutorError, match="The next call runs on another worker"):
            await asyncio.wait_for(ExecutorFunction(work.dies, pool)(), PATIENCE)
    assert (await ExecutorFunction(work.where, pool)())[0] != os.getpid()
    gate.touch()
    assert await asyncio.wait_for(innocent, PATIENCE) == "done"
    assert work.notes(begun) == ["begun"]


async def test_a_generator_that_takes_its_process_with_it_takes_no_other(
    pool: IsolatedProcessPool, tmp_path: Path
) -> None:
    counting = await ExecutorFunction(work.counts, pool)(str(tmp_path / "log"))
    assert (await asyncio.wait_for(anext(counting), PATIENCE))[1] == 0
    dying = await ExecutorFunction(work.dies_in_the_middle, pool)()
    assert await asyncio.wait_for(anext(dying), PATIENCE) == 1
    with pytest.raises(BrokenExecutorError, match="dies_in_the_middle ended"):
        await asyncio.wait_for(anext(dying), PATIENCE)
    assert [(await anext(counting))[1] for _ in range(20)] == list(range(1, 21))
    await counting.aclose()


async def test_a_dead_process_ends_one_session_in_the_middle_of_two_replies(
    pool: IsolatedProcessPool, tmp_path: Path
) -> None:
    def replier(name: str) -> ScriptedReply:
        talking = partial(work.talks_when_asked, str(tmp_path / name))
        return ScriptedReply(talking, executor=pool)

    async with Talk(replier("one")) as one, Talk(replier("two")) as two:
        for talk in (one, two):
            await talk.asks()
            await until(lambda talk=talk: talk.transport.loud() > 0.5, PATIENCE)
        process = int(work.notes(tmp_path / "one")[0].removeprefix("process-"))
        os.kill(process, signal.SIGKILL)
        await until(lambda: one.session.ending is not None, PATIENCE)
        assert one.session.ending is not None
        assert one.session.ending.reason is CloseReason.HANDLER_ERROR
        heard = two.transport.loud()
        await until(lambda: two.transport.loud() > heard + 1, PATIENCE)
        assert two.session.ending is None
    await until(lambda: work.notes(tmp_path / "two")[-1] == "closed", PATIENCE)


def test_a_call_is_taken_back_until_a_process_has_begun_it(
    pool: IsolatedProcessPool, tmp_path: Path
) -> None:
    begun, gate = tmp_path / "begun", tmp_path / "gate"
    busy = [pool.submit(work.once_there, str(begun), str(gate), "done") for _ in range(2)]
    waiting = [pool.submit(work.once_there, str(begun), str(gate)) for _ in range(3)]
    assert all(call.cancel() for call in waiting)
    gate.touch()
    assert [call.result(PATIENCE) for call in busy] == ["done", "done"]
    assert len(work.notes(begun)) == 2


def test_a_process_that_dies_with_nothing_to_do_costs_nothing() -> None:
    with IsolatedProcessPool(1, initializer=work.note_here, initargs=("ready",)) as pool:
        first = pid_of(pool)
        os.kill(first, signal.SIGKILL)
        (process,) = pool._processes
        wait_until(lambda: bool(getattr(process._pool, "_broken", False)), PATIENCE)
        assert pid_of(pool) not in (first, os.getpid())
        assert pool.submit(work.noted_here).result(PATIENCE) == "ready"


def test_forks_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="a fork of a program with threads may hang"):
        IsolatedProcessPool(mp_context=get_context("fork"))
    with pytest.raises(ConfigurationError, match="max_workers must be 1 or more"):
        IsolatedProcessPool(0)


@pytest.mark.parametrize("wait", [True, False])
def test_shut_down_it_does_what_it_has_taken_and_ends(tmp_path: Path, *, wait: bool) -> None:
    pool = IsolatedProcessPool(1)
    process = pid_of(pool)
    begun, gate = tmp_path / "begun", tmp_path / "gate"
    calls = [pool.submit(work.once_there, str(begun), str(gate), "done") for _ in range(2)]
    ending = threading.Thread(target=pool.shutdown, kwargs={"wait": wait})
    ending.start()
    gate.touch()
    assert [call.result(PATIENCE) for call in calls] == ["done", "done"]
    ending.join(PATIENCE)
    with pytest.raises(RuntimeError, match="after shutdown"):
        pool.submit(os.getpid)
    wait_until(lambda: work.is_gone(process), PATIENCE)
    pool.shutdown()


PROGRAM = """
import os, signal, sys, time
from gradio_webrtc.handlers.executors.isolated_process_pool import IsolatedProcessPool
from tests.support import executor_work as work

if __name__ == "__main__":
    pool = IsolatedProcessPool(1)
    print(pool.submit(os.getpid).result(), flush=True)
    pool.submit(work.once_there, sys.argv[1], "/nowhere")
    while not work.notes(__import__("pathlib").Path(sys.argv[1])):
        time.sleep(0.01)
    if sys.argv[2] == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize(("how", "status"), [("killed", -signal.SIGKILL), ("ends", 0)])
def test_a_program_that_ends_waits_for_no_call_that_never_does(
    tmp_path: Path, how: str, status: int
) -> None:
    file = tmp_path / "program.py"
    file.write_text(PROGRAM)
    command = [sys.executable, str(file), str(tmp_path / "begun"), how]
    path = os.pathsep.join(each or "." for each in sys.path)
    run = subprocess.run(
        command,
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        timeout=100,
        check=False,
    )
    assert run.returncode == status
    process = int(run.stdout)
    wait_until(lambda: work.is_gone(process), PATIENCE)
