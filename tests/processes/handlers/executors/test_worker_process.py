"""Programs that end while a process of their pool works: it does not outlive them."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from signal import SIGINT, SIGKILL, SIGTERM

from tests.processes.serving import Program, running
from tests.support.executor_work import is_gone
from tests.support.sessions import until
from tests.support.thread_fixtures import wait_until

CASES = (("isolated", SIGINT, 0), ("processes", SIGTERM, -SIGTERM))
"""The pool of a server, what it is sent, and its exit status."""


async def test_a_reply_is_closed_on_its_worker_when_its_server_is_told_to_end(
    tmp_path: Path,
) -> None:
    async with AsyncExitStack() as stack:

        async def start(number: int, pool: str) -> Program:
            folder = tmp_path / str(number)
            folder.mkdir()
            program = await stack.enter_async_context(running(folder, f"pool {pool}"))
            await program.connect(page=True)
            return program

        starting = (start(number, case[0]) for number, case in enumerate(CASES))
        for program, case in zip(await asyncio.gather(*starting), CASES, strict=True):
            _, number, status = case
            (noted,) = program.ends
            worker = int(noted.removeprefix("process-"))
            assert not is_gone(worker)
            program.signal(number)
            ended = await program.ended(within=30)
            assert ended.status == status, ended
            assert ended.reasons == ["server_shutdown"]
            await until(lambda worker=worker: is_gone(worker), 30)
            assert program.ends == [noted, "closed"], program.output()


KILLED = """
import os, pickle, signal, time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from gradio_webrtc.handlers.executors.worker_process import run_in_pool
from gradio_webrtc.handlers.executors.worker_task import Task

if __name__ == "__main__":
    pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    frames = pool.submit(run_in_pool, pickle.dumps(Task("getpid", os.getpid, (), ()))).result()
    print(pickle.loads(frames)[-1].body, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_worker_of_any_pool_ends_with_a_program_that_is_killed(tmp_path: Path) -> None:
    file = tmp_path / "program.py"
    file.write_text(KILLED)
    path = os.pathsep.join(each or "." for each in sys.path)
    command = [sys.executable, str(file)]
    environment = {**os.environ, "PYTHONPATH": path}
    run = subprocess.run(command, env=environment, stdout=subprocess.PIPE, timeout=100, check=False)
    assert run.returncode == -SIGKILL
    worker = int(run.stdout)
    wait_until(lambda: is_gone(worker), 60)
