"""How the streams of an app are: ready, full or draining, with their sessions by state."""

from __future__ import annotations

import asyncio

import pytest

from gradio_webrtc import Stream
from gradio_webrtc.errors import ServerDrainingError
from gradio_webrtc.server.operation.health import health_of, package_version
from gradio_webrtc.server.stream_host import StreamHost
from tests.support.registry import enter, start
from tests.support.sessions import settle


def host(limit: int | None = 2) -> StreamHost:
    return Stream(lambda image: image, modality="video", concurrency_limit=limit).host


async def test_sessions_are_counted_by_their_state() -> None:
    one = host()
    first = enter(one.registry, "a")
    enter(one.registry, "b")
    first.on_connected()
    await settle()
    found = health_of([one])
    assert found.sessions == {"connecting": 1, "open": 1, "closing": 0}
    assert (found.status, found.limit, found.code) == ("full", 2, 200)
    await one.aclose()
    assert health_of([one]).sessions == {"connecting": 0, "open": 0, "closing": 0}
    assert health_of([one]).status == "ready"


async def test_an_app_is_full_when_all_its_streams_are() -> None:
    one, other = host(1), host(1)
    enter(one.registry, "a")
    assert (await one.wait_for_place({"webrtc_id": "b"}))["status"] == "waiting"
    found = health_of([one, other])
    assert (found.status, found.waiting, found.limit) == ("ready", 1, 2)
    enter(other.registry, "c")
    assert health_of([one, other]).status == "full"
    assert health_of([one, host(None)]).limit is None
    await asyncio.gather(one.aclose(), other.aclose())


async def test_streams_that_share_their_places_are_counted_once() -> None:
    one = host()
    beside = one.beside(one.settings)
    enter(one.registry, "a")
    found = health_of([one, beside])
    assert (sum(found.sessions.values()), found.limit) == (1, 2)
    await one.aclose()


async def test_who_drains_lets_nobody_new_in_and_keeps_who_is_there() -> None:
    one = host()
    session = enter(one.registry, "a", "page")
    one.registry.draining = True
    found = health_of([one])
    assert (found.status, found.code) == ("draining", 503)
    with pytest.raises(ServerDrainingError):
        one.registry.claim("b", None)
    refusal = await one.wait_for_place({"webrtc_id": "b"})
    assert refusal["meta"]["error"] == "server_draining"
    assert session.ending is None
    again = start(one.registry, await one.registry.claim_replacing("c", "a", "page"))
    assert again.ending is None, "who was there may connect anew"
    one.registry.draining = False
    assert health_of([one]).status == "full" or one.registry.claim("b", None)
    await one.aclose()


async def test_a_server_that_stops_drains() -> None:
    one = host()
    session = enter(one.registry, "a")
    ending = asyncio.ensure_future(one.stop_serving())
    await asyncio.sleep(0)
    assert health_of([one]).status == "draining"
    await ending
    assert session.ending is not None
    assert health_of([host()], stopping=True).status == "draining"


def test_what_is_told_has_the_version_and_nothing_of_the_clients() -> None:
    told = health_of([host()]).as_json()
    assert set(told) == {"status", "sessions", "waiting", "limit", "version", "process"}
    assert told["version"] == package_version()
    assert health_of([]).status == "ready"
