"""Waiting ends with a cancellation, whatever comes in the same moment, and loses nothing."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable

import pytest

from gradio_webrtc.concurrency import waiting
from gradio_webrtc.concurrency.waiting import wait_for_item

pytestmark = pytest.mark.asyncio

Wait = Callable[[asyncio.Queue[int], float], Awaitable[int | None]]
WAYS = ["wait_for_item", "take_within"]
"""The second is that of Python 3.10, and right on all."""


@pytest.fixture(params=WAYS)
def wait(request: pytest.FixtureRequest) -> Wait:
    if not hasattr(waiting, request.param):
        pytest.fail(f"there is no {request.param}")
    way: Wait = getattr(waiting, request.param)
    return way


async def turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


@pytest.mark.parametrize("between", range(6))
@pytest.mark.parametrize("first", ["item", "cancellation"])
async def test_a_cancellation_beside_an_item_comes_out_and_the_item_stays(
    wait: Wait, between: int, first: str
) -> None:
    queue: asyncio.Queue[int] = asyncio.Queue()

    async def consume() -> list[int | None]:
        taken = []
        while True:
            taken.append(await wait(queue, 10.0))
            consumed.append(taken[-1])

    consumed: list[int | None] = []
    task = asyncio.ensure_future(consume())
    await turns(5)
    if first == "item":
        queue.put_nowait(1)
        await turns(between)
        task.cancel()
    else:
        task.cancel()
        await turns(between)
        queue.put_nowait(1)
    queue.put_nowait(2)
    await asyncio.wait({task}, timeout=5)
    assert task.cancelled()
    left = [queue.get_nowait() for _ in range(queue.qsize())]
    assert [*consumed, *left] == [1, 2]


async def test_no_goodbye_is_missed_at_the_pace_of_sound(wait: Wait) -> None:
    """Chunks come and the session ends, at moments as they fall."""
    dice = random.Random(8)
    for _ in range(300):
        queue: asyncio.Queue[int] = asyncio.Queue()

        async def emit(queue: asyncio.Queue[int] = queue) -> None:
            while True:
                await wait(queue, 0.0005)

        task = asyncio.ensure_future(emit())
        loop = asyncio.get_running_loop()
        moment = loop.time() + 0.001 * dice.random()
        timers = [loop.call_at(moment, queue.put_nowait, 1), loop.call_at(moment, task.cancel)]
        dice.shuffle(timers)
        done, _ = await asyncio.wait({task}, timeout=2)
        assert done, "a cancellation was lost"


async def test_an_item_beside_the_end_of_the_time_is_not_lost(wait: Wait) -> None:
    loop = asyncio.get_running_loop()
    for _ in range(200):
        queue: asyncio.Queue[int] = asyncio.Queue()
        moment = loop.time() + 0.001
        loop.call_at(moment, queue.put_nowait, 7)
        came = await wait(queue, moment - loop.time())
        assert (came or await asyncio.wait_for(queue.get(), 5)) == 7


async def test_an_item_given_back_is_the_next_one_again() -> None:
    queue: asyncio.Queue[int] = asyncio.Queue()
    for item in (2, 3):
        queue.put_nowait(item)
    waiting._put_back(queue, 1)
    assert [queue.get_nowait() for _ in range(3)] == [1, 2, 3]


async def test_an_item_comes_at_once_or_when_it_is_put_or_not_at_all() -> None:
    queue: asyncio.Queue[str | None] = asyncio.Queue()
    assert await wait_for_item(queue, timeout=0.01) is None
    queue.put_nowait("there")
    assert await wait_for_item(queue) == "there"
    waiting = asyncio.ensure_future(wait_for_item(queue, timeout=30))
    await asyncio.sleep(0)
    queue.put_nowait("late")
    assert await waiting == "late"
    queue.put_nowait("kept")
    assert await wait_for_item(queue, timeout=0) == "kept"


async def test_an_item_put_after_the_timeout_is_not_lost() -> None:
    queue: asyncio.Queue[str | None] = asyncio.Queue()
    assert await wait_for_item(queue, timeout=0.001) is None
    queue.put_nowait("next")
    assert await wait_for_item(queue) == "next"


async def test_zero_and_no_time_limit() -> None:
    queue: asyncio.Queue[int | None] = asyncio.Queue()
    assert await wait_for_item(queue, timeout=0) is None
    queue.put_nowait(5)
    assert await wait_for_item(queue, timeout=0) == 5
    task = asyncio.ensure_future(wait_for_item(queue, timeout=None))
    await turns(3)
    queue.put_nowait(6)
    assert await task == 6


class TestFinishedWithin:
    """Bounded waiting for work of our own."""

    async def test_what_is_done_in_time(self) -> None:
        assert await waiting.finished_within(asyncio.sleep(0), 5)

    async def test_what_is_late_is_cancelled_and_not_waited_for(self) -> None:
        let = asyncio.Event()

        async def stubborn() -> None:
            while not let.is_set():
                try:
                    await let.wait()
                except asyncio.CancelledError:
                    continue

        began = time.monotonic()
        assert not await waiting.finished_within(stubborn(), 0.01)
        assert time.monotonic() - began < 1
        let.set()
        await turns(3)

    async def test_what_it_raises_comes_out(self) -> None:
        async def broken() -> None:
            raise OSError("cable cut")

        with pytest.raises(OSError, match="cable cut"):
            await waiting.finished_within(broken(), 5)

    @pytest.mark.parametrize("between", range(4))
    async def test_a_cancellation_beside_the_end_comes_out(self, between: int) -> None:
        event = asyncio.Event()
        task = asyncio.ensure_future(waiting.finished_within(event.wait(), 5))
        await turns(3)
        event.set()
        await turns(between)
        was_done = task.done()
        task.cancel()
        await asyncio.wait({task})
        assert task.cancelled() or was_done


async def test_a_task_that_swallows_its_cancellation_is_cancelled_again() -> None:
    swallowed = 0

    async def careless() -> None:
        nonlocal swallowed
        while swallowed < 3:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                swallowed += 1

    inner = asyncio.ensure_future(careless())
    await turns(1)
    outer = asyncio.ensure_future(waiting.cancel_and_wait(inner))
    for _ in range(4):
        await turns(3)
        outer.cancel()
    await asyncio.wait({outer}, timeout=5)
    assert inner.done()
    assert outer.cancelled() or outer.exception() is None
