"""Somebody's code stops the event loop: the deadlines of everybody else allow for that.

The loop stands still when its clock goes on and nothing runs, which is what ``block`` does.
"""

from __future__ import annotations

import asyncio
import threading

import pytest

from gradio_webrtc.concurrency.served_time import watch_of
from gradio_webrtc.server.session_registry import EARLY_CANDIDATE_WAIT, SessionRegistry
from gradio_webrtc.server.waiting_line import RESERVED_SECONDS, WaitingLine
from gradio_webrtc.session.state import CloseReason, Limits, SessionState
from tests.support.sessions import make_session, open_session, settle, start_session

pytestmark = pytest.mark.looptime

PING = '{"type":"ping"}'
BLOCKS = [17.0, 40.0]


def block(seconds: float) -> None:
    """Let the running loop's clock go on by ``seconds`` while nothing runs."""
    loop = asyncio.get_running_loop()
    time = loop.time
    loop.time = lambda: time() + seconds  # type: ignore[method-assign]


@pytest.mark.parametrize("seconds", BLOCKS)
@pytest.mark.parametrize("heard_before", [0.0, 4.9])
async def test_a_client_that_could_not_be_heard_is_not_lost(
    seconds: float, heard_before: float
) -> None:
    bench = await open_session()
    await asyncio.sleep(3)
    bench.session.on_message(PING)
    await asyncio.sleep(heard_before)
    block(seconds)
    await asyncio.sleep(0.2)  # its packets are read one after the other
    bench.session.on_message(PING)
    await asyncio.sleep(14)
    assert bench.session.state is SessionState.OPEN
    await bench.session.aclose()


async def test_a_client_that_is_lost_is_missed_though_the_loop_was_blocked() -> None:
    bench = await open_session()
    bench.session.on_message(PING)
    await asyncio.sleep(5)
    block(17)
    await asyncio.sleep(16)
    assert bench.session.state is SessionState.CLOSED
    assert bench.session.ending is not None
    assert bench.session.ending.reason is CloseReason.PEER_LOST


async def test_many_short_blocks_are_no_silence_either() -> None:
    """Each ends before a tick would show it; the check that is late itself gives time."""
    limits = Limits(silence=1.5)
    bench = await open_session(limits=limits)
    bench.session.on_message(PING)
    for _ in range(5):
        block(1.6)
        await asyncio.sleep(0.2)
        bench.session.on_message(PING)
    assert bench.session.state is SessionState.OPEN
    await bench.session.aclose()


@pytest.mark.parametrize("seconds", BLOCKS)
async def test_who_is_connecting_has_the_time_that_was_left(seconds: float) -> None:
    bench = start_session()
    await asyncio.sleep(5)
    block(seconds)
    await asyncio.sleep(20)
    bench.session.on_connected()
    await settle()
    assert bench.session.state is SessionState.OPEN
    await bench.session.aclose()


async def test_the_time_limit_is_the_clocks() -> None:
    bench = await open_session(limits=Limits(time_limit=20))
    await asyncio.sleep(4)
    block(17)
    await asyncio.sleep(0.1)
    assert bench.session.ending is not None
    assert bench.session.ending.reason is CloseReason.TIME_LIMIT
    await bench.session.aclose()


@pytest.mark.parametrize("seconds", BLOCKS)
async def test_a_reserved_place_is_kept(seconds: float) -> None:
    watch = watch_of(asyncio.get_running_loop())
    watch.enter()
    line = WaitingLine(lambda: 1)
    assert await line.wait("next", None) == 0
    assert await line.wait("behind", None) == 1
    block(seconds)
    await asyncio.sleep(RESERVED_SECONDS / 2)
    assert line.take("next", None)  # nobody who is behind has it
    assert line.leave("behind", None)  # nor was this one forgotten
    assert await line.wait("ghost", None) == 0
    await asyncio.sleep(RESERVED_SECONDS + 0.1)
    assert line.leave("ghost", None) is False
    watch.leave()


async def test_a_candidate_waits_for_an_offer_that_could_not_be_read() -> None:
    registry = SessionRegistry(limit=2)
    bench = await open_session()
    looking = asyncio.ensure_future(registry.get_soon("a", None))
    await asyncio.sleep(EARLY_CANDIDATE_WAIT / 2)
    block(17)
    await asyncio.sleep(0.1)
    place = registry.claim("a", None)
    session = make_session()
    registry.add(place, session)
    assert await looking is session
    await session.aclose()
    await bench.session.aclose()


async def test_nothing_is_measured_without_sessions() -> None:
    first, second = await open_session(webrtc_id="a"), await open_session(webrtc_id="b")
    watchdog = [each for each in threading.enumerate() if each.name == "event loop watchdog"]
    assert len(watchdog) == 1
    await first.session.aclose()
    assert watchdog[0].is_alive()
    await second.session.aclose()
    watchdog[0].join(10)
    assert not watchdog[0].is_alive()
    loop = asyncio.get_running_loop()
    assert not [timer for timer in loop._scheduled if not timer.cancelled()]  # type: ignore[attr-defined]
