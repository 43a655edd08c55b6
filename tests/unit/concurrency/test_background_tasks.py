"""Tasks that nobody waits for."""

from __future__ import annotations

import asyncio
import gc
import logging

import pytest

from gradio_webrtc.concurrency.background_tasks import BackgroundTasks

pytestmark = pytest.mark.looptime


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING]


async def test_they_end_with_their_owner(caplog: pytest.LogCaptureFixture) -> None:
    tasks = BackgroundTasks("a task")
    ended: list[str] = []

    async def work() -> None:
        try:
            await asyncio.sleep(100)
        finally:
            ended.append("work")

    tasks.spawn(work())
    await asyncio.sleep(1)
    tasks.cancel()
    tasks.cancel()
    await tasks.ended()
    assert (ended, len(tasks)) == (["work"], 0)
    tasks.spawn(work())  # the owner is gone
    await asyncio.sleep(1)
    assert ended == ["work"]
    assert warnings(caplog) == []


async def test_the_first_failure_is_told(caplog: pytest.LogCaptureFixture) -> None:
    tasks = BackgroundTasks("a task")

    async def fail() -> None:
        raise ValueError("broken")

    for _ in range(5):
        tasks.spawn(fail())
    await asyncio.sleep(1)
    gc.collect()
    assert warnings(caplog) == ["a task failed: broken"]


async def test_a_cancellation_by_somebody_else_is_a_failure(
    caplog: pytest.LogCaptureFixture,
) -> None:
    tasks = BackgroundTasks("a task")
    work = asyncio.ensure_future(asyncio.sleep(100))

    async def wait() -> None:
        await work

    tasks.spawn(wait())
    await asyncio.sleep(1)
    work.cancel()
    await asyncio.sleep(1)
    assert warnings(caplog) == ["a task failed: cancelled by somebody else"]


async def test_nothing_to_wait_for() -> None:
    await BackgroundTasks("a task").ended()
