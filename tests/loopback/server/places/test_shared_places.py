"""Streams that are one to Redis, as processes have them: who is in, who waits, who comes back."""

from __future__ import annotations

import asyncio
import logging
import sys
import uuid
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest
import pytest_asyncio

from gradio_webrtc import Stream
from gradio_webrtc.errors import ConcurrencyLimitReachedError
from gradio_webrtc.server.places.redis_leases import RedisLeases
from gradio_webrtc.server.places.shared_places import VARIABLE, SharedPlaces
from gradio_webrtc.server.quotas import Requester
from gradio_webrtc.server.session_builder import Line
from gradio_webrtc.server.stream_host import StreamHost
from gradio_webrtc.session.session import Session
from tests.loopback.server.places.test_redis_leases import held_soon
from tests.support.echo_handlers import EchoHandler
from tests.support.fake_transport import FakeTransport
from tests.support.redis_server import RedisServer, redis_server
from tests.support.sessions import until

Hosts = tuple[StreamHost, StreamHost]


def stream(name: str, limit: int = 2) -> StreamHost:
    host = Stream(EchoHandler(), modality="audio", concurrency_limit=limit).host
    host.name = name
    return host


@pytest_asyncio.fixture
async def hosts(redis: RedisServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Hosts]:
    monkeypatch.setenv(VARIABLE, redis.url)
    name = uuid.uuid4().hex
    one, other = stream(name), stream(name)
    yield one, other
    await one.aclose()
    await other.aclose()


async def enter(host: StreamHost, webrtc_id: str, page: str = "page", **more: str) -> Session:
    line = Line(lambda listener, handler: FakeTransport())
    return await host.open_session(webrtc_id, Requester(page), line, **more)


async def test_the_limit_is_that_of_both_together(hosts: Hosts) -> None:
    one, other = hosts
    first = await enter(one, "a")
    await enter(other, "b")
    with pytest.raises(ConcurrencyLimitReachedError):
        await enter(other, "c")
    assert len(other.registry) == 1, "what it had claimed is free again"
    assert other.registry.full
    await first.aclose()
    await until(lambda: not other.registry.full, 30)
    await enter(other, "d")


async def test_who_waits_is_let_in_when_a_place_is_free_elsewhere(hosts: Hosts) -> None:
    one, other = hosts
    first, _ = await enter(one, "a"), await enter(one, "b")
    with pytest.raises(ConcurrencyLimitReachedError):
        await enter(other, "c")
    ask, page = {"webrtc_id": "c"}, Requester("page")
    assert (await other.wait_for_place(ask, page))["status"] == "waiting"
    waiting = asyncio.ensure_future(other.wait_for_place(ask, page))
    await first.aclose()
    assert await asyncio.wait_for(waiting, 30) == {"status": "admitted"}
    await enter(other, "c")


async def test_who_connects_anew_keeps_the_place_and_nobody_elses(hosts: Hosts) -> None:
    one, other = hosts
    await enter(one, "a")
    await enter(one, "b", "another page")
    await enter(one, "c", replaces="a")
    with pytest.raises(ConcurrencyLimitReachedError):
        await enter(other, "d", replaces="b")  # it is at another process, and somebody else's
    with pytest.raises(ConcurrencyLimitReachedError):
        await enter(one, "e", replaces="b")
    shared = one.registry.shared
    assert shared is not None
    assert (await shared._leases.look())[0] == 2


async def test_a_stream_that_ends_gives_everything_back(hosts: Hosts) -> None:
    one, other = hosts
    await enter(one, "a")
    await enter(one, "b")
    await one.aclose()
    await enter(other, "c")
    await enter(other, "d")


class CountedLeases(RedisLeases):
    """Counts how often they are renewed."""

    renewals = 0

    async def renew(self, members: Iterable[str]) -> None:
        await super().renew(members)
        self.renewals += 1


async def test_a_living_process_renews_its_places(redis: RedisServer) -> None:
    leases = CountedLeases(redis.url, uuid.uuid4().hex, 1.5)
    living = SharedPlaces(leases, lambda: None)
    assert await living.take("a", None, 1)
    await until(lambda: leases.renewals >= 4, 30)  # which is longer than a lease lasts
    await held_soon(leases, 1)
    living.give_back("a")
    living.give_back("a")
    await held_soon(leases, 0)
    await living.aclose()


PROCESS = """
import asyncio, sys
from gradio_webrtc.server.places.redis_leases import RedisLeases
from gradio_webrtc.server.places.shared_places import SharedPlaces

async def main():
    places = SharedPlaces(RedisLeases(sys.argv[1], sys.argv[2], 3.0), lambda: None)
    print(await places.take("a", None, 1), flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_the_places_of_a_process_that_was_killed_come_back(redis: RedisServer) -> None:
    name, admitted = uuid.uuid4().hex, asyncio.Event()
    waiting = SharedPlaces(RedisLeases(redis.url, name), admitted.set)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PROCESS, redis.url, name), stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        assert await asyncio.wait_for(process.stdout.readline(), 60) == b"True\n"
        assert not await waiting.take("b", None, 1)
        assert waiting.full
    finally:
        process.kill()
        await process.wait()
    await asyncio.wait_for(admitted.wait(), 30)
    assert not waiting.full
    assert await waiting.take("b", None, 1)
    await waiting.aclose()


async def test_without_redis_each_goes_on_with_its_own_limit_and_recovers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with redis_server(tmp_path) as server:
        monkeypatch.setenv(VARIABLE, server.url)
        host = stream(uuid.uuid4().hex, limit=1)
        server.stop()
        session = await enter(host, "a")
        assert "Redis does not answer" in caplog.text
        with pytest.raises(ConcurrencyLimitReachedError):
            await enter(host, "b")
        server.start()
        await session.aclose()
        await enter(host, "c")
        await until(lambda: "Redis answers again" in caplog.text, 30)
        shared = host.registry.shared
        assert shared is not None
        await held_soon(shared._leases, 1)
        await host.aclose()
