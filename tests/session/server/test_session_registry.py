"""Which sessions exist, how many may, and who learns of them."""

from __future__ import annotations

import asyncio

import pytest

from gradio_webrtc.errors import (
    ConcurrencyLimitReachedError,
    ConnectionAlreadyExistsError,
    ConnectionClosedError,
    InvalidIdError,
    UnknownConnectionError,
)
from gradio_webrtc.json_values import Json
from gradio_webrtc.server.session_registry import EARLY_CANDIDATE_WAIT, SessionRegistry
from gradio_webrtc.session.state import CloseReason
from tests.support.registry import enter, start
from tests.support.sessions import settle

pytestmark = pytest.mark.looptime


async def test_the_limit_counts_sessions_and_openings() -> None:
    registry = SessionRegistry(2)
    enter(registry, "a")
    registry.claim("b", None)
    with pytest.raises(ConcurrencyLimitReachedError) as caught:
        registry.claim("c", None)
    assert caught.value.refusal() == {
        "status": "failed",
        "meta": {
            "error": "concurrency_limit_reached",
            "message": "All 2 places are taken.",
            "limit": 2,
        },
    }
    await registry.close_all()


async def test_the_limit_is_one_by_default() -> None:
    registry = SessionRegistry()
    enter(registry, "a")
    with pytest.raises(ConcurrencyLimitReachedError, match="Someone else is connected"):
        registry.claim("b", None)
    await registry.close_all()


async def test_no_limit() -> None:
    registry = SessionRegistry(None)
    for number in range(100):
        enter(registry, f"n{number}")
    assert len(registry) == 100
    await registry.close_all()
    assert len(registry) == 0


async def test_a_closed_session_frees_its_place_exactly_once() -> None:
    registry = SessionRegistry(2)
    first = enter(registry, "a")
    enter(registry, "b")
    await asyncio.gather(*(first.aclose() for _ in range(3)))
    registry.claim("c", None)
    with pytest.raises(ConcurrencyLimitReachedError):
        registry.claim("d", None)
    await registry.close_all()


async def test_a_place_that_came_to_nothing_is_given_back_once() -> None:
    registry = SessionRegistry(1)
    place = registry.claim("a", None)
    registry.release(place)
    registry.release(place)
    registry.claim("b", None)
    with pytest.raises(ConcurrencyLimitReachedError):
        registry.claim("c", None)


async def test_ids_in_use_or_used_are_refused() -> None:
    registry = SessionRegistry(None)
    session = enter(registry, "a")
    registry.claim("b", None)
    for taken in "ab":
        with pytest.raises(ConnectionAlreadyExistsError):
            registry.claim(taken, None)
    await session.aclose()
    with pytest.raises(ConnectionClosedError):
        registry.claim("a", None)
    await registry.close_all()


@pytest.mark.parametrize("webrtc_id", [None, "", 7, "a b", "x" * 129, "ä", "a\n", ["a"], {}])
async def test_wrong_ids(webrtc_id: Json) -> None:
    registry = SessionRegistry()
    with pytest.raises(InvalidIdError):
        registry.claim(webrtc_id, None)
    with pytest.raises(InvalidIdError):
        registry.get(webrtc_id)
    with pytest.raises(InvalidIdError):
        await registry.get_soon(webrtc_id)
    assert registry.find(webrtc_id) is None


async def test_the_wrong_owner_learns_nothing() -> None:
    registry = SessionRegistry(None)
    session = enter(registry, "a", "alice")
    assert registry.get("a", "alice") is session
    with pytest.raises(UnknownConnectionError) as strange:
        registry.get("a", "mallory")
    with pytest.raises(UnknownConnectionError) as unknown:
        registry.get("nobody", "mallory")
    assert str(strange.value) == str(unknown.value)
    await registry.close_all()


async def test_a_late_request_hears_that_the_session_is_closed() -> None:
    registry = SessionRegistry()
    await enter(registry, "a").aclose()
    with pytest.raises(ConnectionClosedError):
        registry.get("a")
    with pytest.raises(ConnectionClosedError):
        await registry.get_soon("a")


async def test_who_waits_is_admitted_when_a_session_ends() -> None:
    registry = SessionRegistry(1)
    session = enter(registry, "a")
    assert await registry.line.wait("b", None) == 1
    assert await registry.line.wait("c", None) == 2
    poll = asyncio.ensure_future(registry.line.wait("b", None))
    await settle()
    await session.aclose(CloseReason.CLIENT_CLOSED)
    assert await poll == 0
    with pytest.raises(ConcurrencyLimitReachedError):
        registry.claim("newcomer", None)
    enter(registry, "b")
    with pytest.raises(ConcurrencyLimitReachedError):
        registry.claim("c", None)
    await registry.close_all()


async def test_who_waits_is_admitted_when_an_opening_fails() -> None:
    registry = SessionRegistry(1)
    place = registry.claim("a", None)
    assert await registry.line.wait("b", None) == 1
    registry.release(place)
    assert await registry.line.wait("b", None) == 0
    await registry.close_all()


# -- a candidate that races its offer ---------------------------------------------------------


async def test_a_candidate_waits_for_its_offer() -> None:
    registry = SessionRegistry()
    asking = asyncio.ensure_future(registry.get_soon("a"))
    await asyncio.sleep(EARLY_CANDIDATE_WAIT / 2)
    session = enter(registry, "a")
    assert await asking is session
    await registry.close_all()


async def test_a_candidate_for_nobody_is_refused_after_a_while() -> None:
    registry = SessionRegistry()
    with pytest.raises(UnknownConnectionError):
        await registry.get_soon("nobody")
    assert asyncio.get_running_loop().time() == pytest.approx(EARLY_CANDIDATE_WAIT, abs=0.1)
    assert registry._arrivals == {}


async def test_a_candidate_waits_as_long_as_its_offer_is_being_answered() -> None:
    registry = SessionRegistry()
    place = registry.claim("a", None)
    asking = asyncio.ensure_future(registry.get_soon("a"))
    await asyncio.sleep(10 * EARLY_CANDIDATE_WAIT)  # a slow TURN provider
    assert not asking.done()
    session = start(registry, place)
    assert await asking is session
    await registry.close_all()


async def test_a_candidate_of_an_offer_that_fails_does_not_wait_for_ever() -> None:
    registry = SessionRegistry()
    place = registry.claim("a", None)
    asking = asyncio.ensure_future(registry.get_soon("a"))
    await asyncio.sleep(10 * EARLY_CANDIDATE_WAIT)
    registry.release(place)
    with pytest.raises(UnknownConnectionError):
        await asking


async def test_the_wrong_owners_candidate_waits_in_vain() -> None:
    registry = SessionRegistry()
    asking = asyncio.ensure_future(registry.get_soon("a", "mallory"))
    await settle()
    enter(registry, "a", "alice")
    with pytest.raises(UnknownConnectionError):
        await asking
    await registry.close_all()


async def test_cancelled_candidates_leave_nothing() -> None:
    registry = SessionRegistry()
    asking = [asyncio.ensure_future(registry.get_soon("a")) for _ in range(3)]
    await settle()
    for task in asking:
        task.cancel()
    await asyncio.gather(*asking, return_exceptions=True)
    assert registry._arrivals == {}
