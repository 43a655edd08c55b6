"""Offers whose client never shows itself: they hold a place only for a while."""

from __future__ import annotations

import asyncio

import pytest

from gradio_webrtc.errors import ConcurrencyLimitReachedError
from gradio_webrtc.server.session_registry import SessionRegistry
from gradio_webrtc.session.session import Session
from gradio_webrtc.session.state import CloseReason, Limits, SessionState
from tests.support.registry import enter
from tests.support.sessions import settle, start_session, until

pytestmark = pytest.mark.looptime

LIMITS = Limits()


def now() -> float:
    return asyncio.get_running_loop().time()


async def ended(session: Session) -> float:
    await until(lambda: session.state is SessionState.CLOSED, 60)
    assert session.ending is not None
    assert session.ending.reason is CloseReason.CONNECT_TIMEOUT
    return now()


def offered(registry: SessionRegistry, webrtc_id: str, network: str | None = None) -> Session:
    """Return a session whose offer was answered; nobody has shown themselves yet."""
    session = enter(registry, webrtc_id, network=network)
    session.first_sign.answered()
    return session


async def test_a_client_that_never_shows_itself_loses_its_place_early() -> None:
    bench = start_session()
    await asyncio.sleep(15)  # an answer may take its time: TURN servers are asked for it
    bench.session.first_sign.answered()
    assert await ended(bench.session) == pytest.approx(15 + LIMITS.first_sign, abs=0.1)
    assert "Nothing came from the browser" in bench.session.ending.text  # type: ignore[union-attr]


async def test_a_client_that_shows_itself_may_take_as_long_as_before() -> None:
    bench = start_session()
    bench.session.first_sign.answered()
    await asyncio.sleep(LIMITS.first_sign - 0.1)
    bench.session.on_reached()
    bench.session.first_sign.hurry()
    assert await ended(bench.session) == pytest.approx(LIMITS.connect, abs=0.1)


async def test_a_sign_may_come_before_the_answer() -> None:
    bench = start_session()
    bench.session.on_reached()
    bench.session.first_sign.answered()
    assert await ended(bench.session) == pytest.approx(LIMITS.connect, abs=0.1)


async def test_a_connected_client_needs_no_other_sign() -> None:
    bench = start_session()
    bench.session.first_sign.answered()
    bench.session.on_connected()
    bench.session.first_sign.hurry()
    await asyncio.sleep(3600)
    assert bench.session.state is SessionState.OPEN
    await bench.session.aclose()


async def test_who_waits_gets_the_place_of_a_ghost_sooner() -> None:
    registry = SessionRegistry(1)
    offered(registry, "ghost")
    await asyncio.sleep(1)
    assert await registry.line.wait("a", None) == 1
    assert await registry.line.wait("a", None) == 0
    assert now() == pytest.approx(LIMITS.first_sign_wanted, abs=0.1)
    # Nor does a further offer that comes while somebody waits get the longer time.
    enter(registry, "a").on_connected()
    assert await registry.line.wait("b", None) == 1
    await registry.get("a").aclose()
    assert await registry.line.wait("b", None) == 0
    await registry.close_all()


async def test_a_refused_offer_counts_as_somebody_who_waits() -> None:
    registry = SessionRegistry(1)
    ghost = offered(registry, "ghost")
    with pytest.raises(ConcurrencyLimitReachedError):
        registry.claim("a", None)
    assert await ended(ghost) == pytest.approx(LIMITS.first_sign_wanted, abs=0.1)
    registry.claim("a", None)


async def test_when_it_is_late_already_the_ghost_goes_at_once() -> None:
    registry = SessionRegistry(1)
    offered(registry, "ghost")
    await asyncio.sleep(LIMITS.first_sign_wanted + 2)
    assert await registry.line.wait("a", None) == 1
    await settle()
    assert await registry.line.wait("a", None) == 0
    assert now() == pytest.approx(LIMITS.first_sign_wanted + 2, abs=0.1)
    registry.line.close()


async def test_an_address_that_wasted_a_place_waits_behind_the_others() -> None:
    registry = SessionRegistry(1)
    offered(registry, "ghost", "stranger")
    for name, network in (("s1", "stranger"), ("s2", "stranger"), ("honest", "home")):
        await registry.line.wait(name, None, network)
    assert await registry.line.wait("honest", None, "home") == 0
    assert now() == pytest.approx(LIMITS.first_sign_wanted, abs=0.1)
    assert [await registry.line.wait(name, None, "stranger") for name in ("s1", "s2")] == [1, 2]
    await registry.close_all()
