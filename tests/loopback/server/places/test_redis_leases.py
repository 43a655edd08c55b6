"""Leases in a real Redis: so many at once, renewed, given back, handed on, and run out."""

from __future__ import annotations

import asyncio
import sys
import time
import uuid
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from redis.exceptions import RedisError

from gradio_webrtc import ConfigurationError, Stream
from gradio_webrtc.server.places.redis_leases import RedisLeases
from gradio_webrtc.server.places.shared_places import VARIABLE
from tests.support.redis_server import RedisServer

LONG = 300.0


async def held_soon(leases: RedisLeases, count: int) -> None:
    """Wait until so many places are held."""
    deadline = time.monotonic() + 30
    while (await leases.look())[0] != count:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


@pytest_asyncio.fixture
async def leases(redis: RedisServer) -> AsyncIterator[RedisLeases]:
    made = RedisLeases(redis.url, uuid.uuid4().hex, LONG)
    yield made
    await made.aclose()


async def test_no_more_are_taken_than_there_are(leases: RedisLeases) -> None:
    taken = await asyncio.gather(*(leases.take(str(each), "", 3) for each in range(10)))
    assert sum(taken) == 3
    first = str(taken.index(True))
    assert await leases.take(first, "", 3), "who has one keeps it"
    await leases.release(first)
    assert await leases.take("next", "", 3)
    assert not await leases.take("one more", "", 3)


async def test_a_place_is_handed_on_at_the_limit(leases: RedisLeases) -> None:
    assert await leases.take("old", "", 1)
    assert await leases.take("new", "old", 1)
    assert not await leases.take("third", "old", 1), "it has been handed on already"
    assert (await leases.look())[0] == 1


async def test_what_nobody_renews_runs_out(redis: RedisServer) -> None:
    short = RedisLeases(redis.url, uuid.uuid4().hex, 0.3)
    assert await short.take("dead", "", 1)
    await held_soon(short, 0)
    assert await short.take("next", "", 1)
    await short.aclose()


async def test_renewed_it_lasts_and_comes_back_to_a_redis_that_forgot(redis: RedisServer) -> None:
    name = uuid.uuid4().hex
    short, long = RedisLeases(redis.url, name, 0.3), RedisLeases(redis.url, name, LONG)
    assert await short.take("living", "", 1)
    await long.renew(["living", "forgotten"])
    held, left = await long.look()
    assert held == 2
    assert left > 1
    await asyncio.gather(short.aclose(), long.aclose())


async def test_who_listens_hears_of_a_place_that_is_given_back(leases: RedisLeases) -> None:
    await leases.take("a", "", 1)
    async with leases.listening() as freed:
        waiting = asyncio.ensure_future(freed(60))
        await leases.release("a")
        await asyncio.wait_for(waiting, 30)


async def test_streams_do_not_meet(redis: RedisServer, leases: RedisLeases) -> None:
    other = RedisLeases(redis.url, uuid.uuid4().hex, LONG)
    assert await leases.take("a", "", 1)
    assert await other.take("a", "", 1)
    await other.aclose()


async def test_a_redis_that_is_not_there_is_an_error() -> None:
    nowhere = RedisLeases("redis://127.0.0.1:1/0", "x")
    with pytest.raises((RedisError, OSError)):
        await nowhere.take("a", "", 1)
    await nowhere.aclose()


def test_without_the_extra_its_author_gets_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "redis://127.0.0.1:1/0")
    monkeypatch.setitem(sys.modules, "redis.asyncio", None)
    with pytest.raises(ConfigurationError, match=r"gradio_webrtc\[redis\]"):
        Stream(lambda image: image, modality="video")
