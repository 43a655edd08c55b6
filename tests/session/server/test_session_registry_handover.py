"""Reconnecting pages that keep their place, and a registry that shuts down."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from gradio_webrtc.errors import (
    ConcurrencyLimitReachedError,
    ConnectionAlreadyExistsError,
    ConnectionClosedError,
    UnknownConnectionError,
)
from gradio_webrtc.json_values import Json
from gradio_webrtc.server.session_registry import (
    EARLY_CANDIDATE_WAIT,
    OPENING_WAIT,
    Place,
    SessionRegistry,
)
from gradio_webrtc.session.state import CloseReason, SessionState
from tests.support.registry import enter, handler_of, start
from tests.support.sessions import make_session

pytestmark = pytest.mark.looptime


async def test_a_reconnecting_page_keeps_its_place_before_those_in_line() -> None:
    registry = SessionRegistry(1)
    old = enter(registry, "old", "alice")
    assert await registry.line.wait("bob", "bob") == 1
    place = await registry.claim_replacing("new", "old", "alice")
    assert old.ending is not None
    assert old.ending.reason is CloseReason.REPLACED
    new = start(registry, place)
    assert list(registry) == [new]
    assert await registry.line.wait("bob", "bob") == 1
    await new.aclose()
    assert await registry.line.wait("bob", "bob") == 0
    await registry.close_all()


@pytest.mark.parametrize("old_id", ["unknown", "gone", "bobs", None, 7, "no id"])
async def test_replacing_what_is_not_ones_own_is_an_ordinary_claim(old_id: Json) -> None:
    registry = SessionRegistry(2)
    await enter(registry, "gone", "alice").aclose()
    bobs = enter(registry, "bobs", "bob")
    place = await registry.claim_replacing("new", old_id, "alice")
    assert bobs.state is SessionState.CONNECTING
    start(registry, place)
    with pytest.raises(ConcurrencyLimitReachedError):
        await registry.claim_replacing("newer", old_id, "alice")
    await registry.close_all()


@pytest.mark.parametrize("takes_over", [False, True])
async def test_who_presses_again_while_being_opened_stands_in_no_line(takes_over: bool) -> None:
    registry = SessionRegistry(1)
    if takes_over:  # the press before waits for the end of the one before that
        old = enter(registry, "old", "alice")
        handler_of(old).on_close = partial(asyncio.sleep, 5)
        first = asyncio.ensure_future(registry.claim_replacing("first", "old", "alice"))
    else:
        first = asyncio.ensure_future(_claim(registry, "first", "alice"))
    await asyncio.sleep(1)
    second = asyncio.ensure_future(registry.claim_replacing("second", "first", "alice"))
    place = await first
    await asyncio.sleep(EARLY_CANDIDATE_WAIT)  # its ICE servers are asked for
    assert not second.done()
    opened = start(registry, place)
    session = start(registry, await second)
    assert opened.ending is not None
    assert opened.ending.reason is CloseReason.REPLACED
    assert list(registry) == [session]
    await registry.close_all()


async def _claim(registry: SessionRegistry, webrtc_id: str, owner: str) -> Place:
    return registry.claim(webrtc_id, owner)


async def test_what_is_never_opened_is_waited_for_a_while() -> None:
    registry = SessionRegistry(1)
    lost = registry.claim("lost", "alice")
    loop = asyncio.get_running_loop()
    with pytest.raises(ConcurrencyLimitReachedError):
        await registry.claim_replacing("new", "lost", "alice")
    assert loop.time() == pytest.approx(OPENING_WAIT, abs=0.1)
    replacing = asyncio.ensure_future(registry.claim_replacing("new", "lost", "alice"))
    await asyncio.sleep(1)
    registry.release(lost)
    assert (await replacing).webrtc_id == "new"
    assert loop.time() == pytest.approx(OPENING_WAIT + 1, abs=0.1)


async def test_who_takes_over_from_a_cancelled_reconnection_does_not_wait() -> None:
    registry = SessionRegistry(2)
    handler_of(enter(registry, "old")).on_close = partial(asyncio.sleep, 5)
    cancelled = asyncio.ensure_future(registry.claim_replacing("first", "old", None))
    await asyncio.sleep(1)
    second = asyncio.ensure_future(registry.claim_replacing("second", "first", None))
    await asyncio.sleep(1)
    cancelled.cancel()
    assert (await second).webrtc_id == "second"
    assert asyncio.get_running_loop().time() == pytest.approx(2, abs=0.1)
    await registry.close_all()


async def test_a_candidate_waits_for_a_session_that_waits_for_another_to_end() -> None:
    registry = SessionRegistry(1)
    handler_of(enter(registry, "old")).on_close = partial(asyncio.sleep, 5)
    replacing = asyncio.ensure_future(registry.claim_replacing("new", "old", None))
    await asyncio.sleep(0)
    asking = asyncio.ensure_future(registry.get_soon("new"))
    session = start(registry, await replacing)
    assert asyncio.get_running_loop().time() > 2 * EARLY_CANDIDATE_WAIT
    assert await asking is session
    await registry.close_all()


async def test_a_cancelled_reconnection_gives_the_place_back() -> None:
    registry = SessionRegistry(1)
    old = enter(registry, "old")

    async def slow() -> None:
        await asyncio.sleep(5)

    handler_of(old).on_close = slow
    replacing = asyncio.ensure_future(registry.claim_replacing("new", "old", None))
    await asyncio.sleep(1)
    replacing.cancel()
    await asyncio.gather(replacing, return_exceptions=True)
    await old.aclose()
    registry.claim("other", None)


async def test_two_reconnections_at_once_get_one_place() -> None:
    registry = SessionRegistry(1)
    enter(registry, "old")
    results = await asyncio.gather(
        *(registry.claim_replacing(new, "old", None) for new in ("x", "y")), return_exceptions=True
    )
    assert [type(result) for result in results] == [Place, ConnectionAlreadyExistsError]


async def test_reconnecting_with_a_used_id_keeps_the_old_session() -> None:
    registry = SessionRegistry(2)
    old = enter(registry, "old")
    with pytest.raises(ConnectionAlreadyExistsError):
        await registry.claim_replacing("old", "old", None)
    assert old.state is SessionState.CONNECTING
    await registry.close_all()


# -- shutting down ----------------------------------------------------------------------------


async def test_close_all_ends_everything_at_the_same_time() -> None:
    registry = SessionRegistry(None)

    async def slow() -> None:
        await asyncio.sleep(2)

    sessions = [enter(registry, f"n{number}") for number in range(10)]
    for session in sessions:
        handler_of(session).on_close = slow
    await registry.close_all()
    assert asyncio.get_running_loop().time() == pytest.approx(2, abs=0.1)
    assert {session.state for session in sessions} == {SessionState.CLOSED}
    assert {session.ending.reason for session in sessions if session.ending} == {
        CloseReason.SERVER_SHUTDOWN
    }
    assert len(registry) == 0


@pytest.mark.parametrize("begin", ["claim", "replace"])
async def test_an_offer_on_its_way_does_not_outlive_the_shutdown(begin: str) -> None:
    registry = SessionRegistry(1)
    if begin == "claim":
        place = registry.claim("a", None)
    else:
        enter(registry, "old")
        replacing = asyncio.ensure_future(registry.claim_replacing("a", "old", None))
        await asyncio.sleep(0)
    await registry.close_all()
    if begin == "replace":
        place = await replacing
    with pytest.raises(ConnectionClosedError):
        registry.add(place, make_session())
    assert len(registry) == 0


async def test_no_new_sessions_while_shutting_down_and_the_line_is_told() -> None:
    registry = SessionRegistry(1)
    session = enter(registry, "a")

    async def slow() -> None:
        await asyncio.sleep(2)

    handler_of(session).on_close = slow
    await registry.line.wait("b", None)
    poll = asyncio.ensure_future(registry.line.wait("b", None))
    closing = asyncio.ensure_future(registry.close_all())
    await asyncio.sleep(1)
    with pytest.raises(UnknownConnectionError):
        await poll
    with pytest.raises(ConnectionClosedError, match="shutting down"):
        registry.claim("c", None)
    await closing
    registry.claim("d", None)  # the same app may be started again


async def test_callbacks_see_the_place_free_again() -> None:
    registry = SessionRegistry(1)
    session = enter(registry, "a")
    free: list[int] = []
    session.on_closed_callbacks.append(lambda _: free.append(1 - len(registry)))
    await session.aclose()
    assert free == [1]
