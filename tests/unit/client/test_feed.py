from __future__ import annotations

import asyncio

import pytest

from gradio_webrtc.client.errors import CallEndedError, NothingCameError
from gradio_webrtc.client.feed import Feed


async def test_each_reader_gets_all_that_is_kept_and_what_comes_then():
    feed: Feed[int] = Feed("number", 10)
    feed.put(1)
    feed.put(2)

    async def read() -> list[int]:
        return [each async for each in feed]

    readers = [asyncio.ensure_future(read()) for _ in range(2)]
    await asyncio.sleep(0)
    feed.put(3)
    await asyncio.sleep(0)
    feed.put(4)
    feed.end("done")
    assert await asyncio.gather(*readers) == [[1, 2, 3, 4], [1, 2, 3, 4]]
    assert [each async for each in feed.after(2)] == [3, 4]


async def test_a_slow_reader_misses_what_is_not_kept_any_more():
    feed: Feed[int] = Feed("number", 2)
    reader = feed.after(0)
    feed.put(1)
    assert await anext(reader) == 1
    for each in (2, 3, 4, 5):
        feed.put(each)
    feed.end("done")
    assert [each async for each in reader] == [4, 5]
    assert (feed.count, feed.kept) == (5, (4, 5))


async def test_listeners_are_told_at_once():
    feed: Feed[int] = Feed("number", 1)
    told: list[int] = []
    feed.listen(told.append)
    feed.put(7)
    assert told == [7]


async def test_what_does_not_come_is_told_with_what_did():
    feed: Feed[int] = Feed("number", 5)
    feed.put(1)
    assert await feed.first(lambda each: each == 1) == 1
    with pytest.raises(NothingCameError, match="what came last was 1"):
        await feed.first(lambda each: each == 1, within_s=0.01, after=1)
    feed.end("peer_lost")
    with pytest.raises(CallEndedError, match="peer_lost") as raised:
        await feed.first(lambda each: each == 2)
    assert raised.value.reason == "peer_lost"
