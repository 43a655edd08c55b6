"""The machine's clock is set a day forwards and back: deadlines go by the one that only goes on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from itertools import cycle

import pytest

from gradio_webrtc.session.state import CloseReason, Limits, SessionState
from tests.support.sessions import open_session, start_session

pytestmark = pytest.mark.looptime

DAY = 86_400.0
PING = '{"type":"ping"}'


@pytest.fixture(autouse=True)
def jumping(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have whoever asks for the time of day told another day each time."""
    days, now = cycle((0.0, DAY, -DAY)), time.time()
    monkeypatch.setattr(time, "time", lambda: now + next(days))
    monkeypatch.setattr(time, "time_ns", lambda: round(1e9 * (now + next(days))))
    yield
    assert abs(time.time() - time.time()) >= DAY  # it was so to the end


async def test_a_session_stays_and_is_missed_when_it_should_be() -> None:
    bench = await open_session(limits=Limits(silence=10.0))
    for _ in range(5):
        bench.session.on_message(PING)
        await asyncio.sleep(9)
    assert bench.session.state is SessionState.OPEN
    await asyncio.sleep(3)
    assert bench.session.ending is not None
    assert bench.session.ending.reason is CloseReason.PEER_LOST


async def test_a_session_that_never_connects_has_its_time_and_no_more() -> None:
    bench = start_session(limits=Limits(connect=20.0, first_sign=20.0))
    await asyncio.sleep(19)
    assert bench.session.state is SessionState.CONNECTING
    await asyncio.sleep(3)
    assert bench.session.ending is not None
    assert bench.session.ending.reason is CloseReason.CONNECT_TIMEOUT


async def test_the_time_limit_is_kept() -> None:
    bench = await open_session(limits=Limits(time_limit=30.0))
    for _ in range(7):
        bench.session.on_message(PING)
        await asyncio.sleep(4)
    assert bench.session.state is SessionState.OPEN
    await asyncio.sleep(5)
    assert bench.session.ending is not None
    assert bench.session.ending.reason is CloseReason.TIME_LIMIT
