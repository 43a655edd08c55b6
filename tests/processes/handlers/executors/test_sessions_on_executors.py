"""Conversations on a process pool: interrupted, with a dead worker, and when it is shut down."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from pathlib import Path

import pytest

from gradio_webrtc import IsolatedProcessPool
from gradio_webrtc.session.state import CloseReason
from tests.processes.handlers.executors.barge_in import PATIENCE, interrupts, replier
from tests.support import executor_work as work
from tests.support.scripted_conversation import Talk
from tests.support.sessions import until


async def test_an_interrupted_reply_is_closed_on_its_worker(
    pool: ProcessPoolExecutor, tmp_path: Path
) -> None:
    await interrupts(pool, tmp_path / "log")


async def test_a_dead_worker_ends_its_session_and_no_other(
    caplog: pytest.LogCaptureFixture,
) -> None:
    made: list[ProcessPoolExecutor] = []

    def make() -> ProcessPoolExecutor:
        made.append(work.two_processes())
        return made[-1]

    async with Talk(replier(work.dies_when_asked, make)) as talk:
        await talk.asks(7)
        await until(lambda: talk.session.ending is not None, PATIENCE)
        assert talk.session.ending is not None
        assert talk.session.ending.reason is CloseReason.HANDLER_ERROR
    assert "BrokenExecutorError: The worker that ran dies_when_asked ended" in caplog.text
    async with Talk(replier(work.dies_when_asked, make)) as talk:
        await talk.asks(1)
        await until(lambda: talk.transport.loud() > 0, PATIENCE)
        assert talk.session.ending is None
    for each in made:
        each.shutdown()


@pytest.mark.parametrize("make", [work.two_processes, lambda: IsolatedProcessPool(2)])
async def test_a_pool_that_is_shut_down_lets_the_reply_that_goes_on_end(
    make: Callable[[], Executor], caplog: pytest.LogCaptureFixture
) -> None:
    executor = make()
    async with Talk(replier(work.says_for_two_seconds, executor)) as talk:
        await talk.asks()
        await until(lambda: talk.transport.loud() > 0, PATIENCE)
        # Waits for the reply, which goes on meanwhile and is heard to its end.
        await asyncio.wait_for(asyncio.to_thread(executor.shutdown), PATIENCE)
        await until(lambda: talk.transport.loud() >= 1.9, PATIENCE)
        assert talk.session.ending is None
        await talk.asks()
        await until(lambda: talk.session.ending is not None, PATIENCE)
        assert talk.session.ending is not None
        assert talk.session.ending.reason is CloseReason.HANDLER_ERROR
    assert "says_for_two_seconds cannot run, its executor was shut down" in caplog.text
