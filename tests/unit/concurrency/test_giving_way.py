"""Whether awaited work has waited, and that nothing else is different about it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from gradio_webrtc.concurrency.giving_way import noticing_wait

pytestmark = pytest.mark.looptime


async def at_once() -> str:
    return "done"


async def in_turns(count: int) -> str:
    for _ in range(count):
        await asyncio.sleep(1)
    return "done"


async def outcome(work: Any) -> tuple[str, int]:
    waits: list[None] = []
    return await noticing_wait(work, lambda: waits.append(None)), len(waits)


async def test_what_came_at_once_did_not_wait() -> None:
    assert await outcome(at_once()) == ("done", 0)
    assert await outcome(in_turns(0)) == ("done", 0)


@pytest.mark.parametrize("turns", [1, 3])
async def test_what_waited_is_told_once(turns: int) -> None:
    assert await outcome(in_turns(turns)) == ("done", 1)
    assert asyncio.get_running_loop().time() == turns


@pytest.mark.parametrize("after", [0, 2])
async def test_what_it_raises_comes_out(after: int) -> None:
    async def failing() -> None:
        await in_turns(after)
        raise LookupError("lost")

    with pytest.raises(LookupError, match="lost"):
        await outcome(failing())


async def test_a_cancellation_reaches_the_work_and_comes_out() -> None:
    ended: list[str] = []

    async def tidy() -> None:
        try:
            await in_turns(9)
        finally:
            await asyncio.sleep(1)  # tidying up may wait as well
            ended.append("tidied")

    task = asyncio.ensure_future(outcome(tidy()))
    await asyncio.sleep(0.5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended == ["tidied"]


async def test_a_cancellation_that_the_work_swallows_does_not_come_out() -> None:
    async def stubborn() -> str:
        for _ in range(2):
            try:
                await in_turns(1)
            except asyncio.CancelledError:
                continue
        return "went on"

    task = asyncio.ensure_future(outcome(stubborn()))
    await asyncio.sleep(0.5)
    task.cancel()
    await asyncio.sleep(0.5)
    task.cancel()
    assert await task == ("went on", 1)


async def test_work_that_is_let_go_of_is_closed() -> None:
    closed: list[bool] = []

    async def waiting() -> None:
        try:
            await in_turns(9)
        finally:
            closed.append(True)

    work = outcome(waiting())
    work.send(None)
    work.close()
    assert closed == [True]
