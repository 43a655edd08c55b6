"""What one page and one address may take of the places and of the line."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from gradio_webrtc.errors import TooManyRequestsError
from gradio_webrtc.server.quotas import CONNECTING, WAITING
from gradio_webrtc.server.session_registry import SessionRegistry
from gradio_webrtc.server.waiting_line import MAX_QUESTIONS, RESERVED_SECONDS, WaitingLine
from tests.support.registry import enter
from tests.support.sessions import settle

pytestmark = pytest.mark.looptime


async def test_an_address_opens_so_many_connections_at_once_and_no_more() -> None:
    registry = SessionRegistry(None)
    sessions = [
        enter(registry, f"n{number}", network="office") for number in range(CONNECTING.per_network)
    ]
    with pytest.raises(TooManyRequestsError, match="from your network"):
        registry.claim("more", None, "office")
    registry.claim("elsewhere", None, "home")
    # Those that are connected, and those that ended, are counted no more.
    sessions[0].on_connected()
    await sessions[1].aclose()
    enter(registry, "a", network="office")
    enter(registry, "b", network="office")
    with pytest.raises(TooManyRequestsError):
        registry.claim("more", None, "office")
    await registry.close_all()


async def test_an_office_connects_one_after_the_other_without_end() -> None:
    registry = SessionRegistry(None)
    for number in range(3 * CONNECTING.per_network):
        enter(registry, f"n{number}", f"page{number}", "office").on_connected()
    assert len(registry) == 3 * CONNECTING.per_network
    await registry.close_all()


async def test_a_page_opens_so_many_connections_at_once_and_no_more() -> None:
    registry = SessionRegistry(None)
    for number in range(CONNECTING.per_owner):
        enter(registry, f"n{number}", "page")
    with pytest.raises(TooManyRequestsError, match="This page"):
        registry.claim("more", "page")
    enter(registry, "other", "another page")
    await registry.close_all()


async def test_replacing_a_connection_takes_no_further_share() -> None:
    registry = SessionRegistry(None)
    registry.connecting = replace(CONNECTING, per_owner=1)
    enter(registry, "a", "page")
    place = await registry.claim_replacing("b", "a", "page")
    assert place.webrtc_id == "b"
    with pytest.raises(TooManyRequestsError):
        registry.claim("c", "page")
    registry.release(place)
    registry.claim("c", "page")


async def test_places_that_are_being_opened_count_and_are_given_back() -> None:
    registry = SessionRegistry(None)
    registry.connecting = replace(CONNECTING, per_network=1)
    place = registry.claim("a", None, "net")
    with pytest.raises(TooManyRequestsError):
        registry.claim("b", None, "net")
    registry.release(place)
    registry.claim("b", None, "net")


async def test_nobody_fills_the_line_alone() -> None:
    line = WaitingLine(lambda: 0)
    for number in range(WAITING.per_network):
        await line.wait(f"n{number}", None, "stranger")
    with pytest.raises(TooManyRequestsError, match="from your network"):
        await line.wait("more", None, "stranger")
    for number in range(WAITING.per_owner):
        await line.wait(f"p{number}", "page", f"net{number}")
    with pytest.raises(TooManyRequestsError, match="This page"):
        await line.wait("more", "page", "elsewhere")
    assert len(line) == WAITING.per_network + WAITING.per_owner
    assert await line.wait("n0", None, "stranger") == 1  # who waits already may ask again
    assert await line.wait("honest", None, "home") == len(line)
    line.close()


async def test_a_client_asks_for_its_place_a_few_times_at_once_only() -> None:
    line = WaitingLine(lambda: 0)
    await line.wait("a", None)
    polls = [asyncio.ensure_future(line.wait("a", None)) for _ in range(MAX_QUESTIONS)]
    await settle()
    with pytest.raises(TooManyRequestsError):
        await line.wait("a", None)
    line.close()
    await asyncio.gather(*polls, return_exceptions=True)


async def test_who_lets_a_reservation_lapse_puts_his_other_tickets_last() -> None:
    free = 0
    line = WaitingLine(lambda: free)
    tickets = [("s1", "stranger"), ("s2", "stranger"), ("s3", "stranger"), ("honest", "home")]
    for name, network in tickets:
        await line.wait(name, None, network)
    free = 1
    line.admit()
    assert await line.wait("honest", None, "home") == 3  # it moved up
    assert await line.wait("honest", None, "home") == 0
    assert asyncio.get_running_loop().time() == pytest.approx(RESERVED_SECONDS, abs=0.1)
    line.close()
