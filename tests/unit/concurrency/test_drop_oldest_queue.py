"""The queue whose oldest item makes room."""

from __future__ import annotations

import asyncio

import pytest

from gradio_webrtc.concurrency.drop_oldest_queue import DropOldestQueue


async def test_it_keeps_order_and_ends_after_what_is_queued() -> None:
    queue: DropOldestQueue[int] = DropOldestQueue(10)
    for number in range(3):
        queue.put(number)
    queue.close()
    queue.close()
    queue.put(99)
    assert queue.closed
    assert [number async for number in queue] == [0, 1, 2]
    assert [number async for number in queue] == []


async def test_it_drops_the_oldest_and_counts() -> None:
    queue: DropOldestQueue[int] = DropOldestQueue(3)
    for number in range(10):
        queue.put(number)
    assert (len(queue), queue.dropped) == (3, 7)
    queue.close()
    assert [number async for number in queue] == [7, 8, 9]


@pytest.mark.parametrize("end", [False, True])
async def test_a_waiting_reader_is_woken(end: bool) -> None:
    queue: DropOldestQueue[int] = DropOldestQueue(1)
    reading = asyncio.ensure_future(anext(queue, None))
    await asyncio.sleep(0)
    if end:
        queue.close()
    else:
        queue.put(7)
    assert await asyncio.wait_for(reading, 10) == (None if end else 7)


async def test_what_waits_can_be_let_go() -> None:
    queue: DropOldestQueue[int] = DropOldestQueue(3)
    for number in range(3):
        queue.put(number)
    queue.close(discard=True)
    assert (len(queue), queue.dropped, queue.get_nowait()) == (0, 0, None)


async def test_a_cancelled_reader_loses_nothing() -> None:
    queue: DropOldestQueue[int] = DropOldestQueue(1)
    reading = asyncio.ensure_future(anext(queue))
    await asyncio.sleep(0)
    queue.put(7)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    assert await anext(queue) == 7


async def test_a_reader_that_never_waits_lets_others_run() -> None:
    queue: DropOldestQueue[int] = DropOldestQueue(10)
    for number in range(10):
        queue.put(number)
    others = 0

    async def other() -> None:
        nonlocal others
        for _ in range(10):
            others += 1
            await asyncio.sleep(0)

    running = asyncio.ensure_future(other())
    for _ in range(10):
        await anext(queue)
    assert others >= 9
    await running
