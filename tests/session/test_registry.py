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
from gradio_webrtc.session.registry import EARLY_CANDIDATE_WAIT, Place, SessionRegistry
from gradio_webrtc.session.session import Session
from gradio_webrtc.session.state import CloseReason, Limits, SessionState
from tests.support.fake_transport import FakeTransport
from tests.support.scripted_handler import ScriptedHandler
from tests.support.sessions import settle

pytestmark = pytest.mark.looptime


def start(registry: SessionRegistry, place: Place) -> Session:
    session = Session(place.webrtc_id, ScriptedHandler(), Limits(), place.owner)
    registry.add(place, session)
    session.start(FakeTransport())
    return session


def enter(registry: SessionRegistry, webrtc_id: str, owner: str | None = None) -> Session:
    return start(registry, registry.claim(webrtc_id, owner))


def handler_of(session: Session) -> ScriptedHandler:
    assert isinstance(session._handler, ScriptedHandler)
    return session._handler


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
async def test_wrong_ids(webrtc_id: object) -> None:
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


# -- reconnecting -----------------------------------------------------------------------------


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
async def test_replacing_what_is_not_ones_own_is_an_ordinary_claim(old_id: object) -> None:
    registry = SessionRegistry(2)
    await enter(registry, "gone", "alice").aclose()
    bobs = enter(registry, "bobs", "bob")
    place = await registry.claim_replacing("new", old_id, "alice")
    assert bobs.state is SessionState.CONNECTING
    start(registry, place)
    with pytest.raises(ConcurrencyLimitReachedError):
        await registry.claim_replacing("newer", old_id, "alice")
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
        registry.add(place, Session("a", ScriptedHandler(), Limits()))
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
