"""A session's deadlines: connecting, silence and the time limit, on a clock that jumps."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

import pytest

from gradio_webrtc.session.session import Session
from gradio_webrtc.session.state import CloseReason, Limits, SessionState
from tests.support.sessions import open_session, silence, start_session, until

pytestmark = pytest.mark.looptime


async def ended(session: Session, seconds: float = 1000.0) -> float:
    """Wait for the end; return the loop's time at which the session was closed."""
    await until(lambda: session.state is SessionState.CLOSED, seconds)
    return asyncio.get_running_loop().time()


async def test_a_connection_that_does_not_complete_ends_after_30_seconds() -> None:
    bench = start_session()
    bench.session.on_activity()
    assert await ended(bench.session) == pytest.approx(30, abs=0.1)
    assert bench.session.ending is not None
    assert bench.session.ending.reason is CloseReason.CONNECT_TIMEOUT
    assert "within 30 seconds" in bench.session.ending.text
    assert "TURN" in bench.session.ending.text
    assert bench.handler.closed == 1


async def test_a_connected_session_outlives_the_connect_deadline() -> None:
    bench = await open_session()
    await asyncio.sleep(3600)
    assert bench.session.state is SessionState.OPEN
    await bench.session.aclose()


async def test_the_time_limit_counts_from_connected_and_the_client_is_told() -> None:
    bench = start_session(limits=Limits(time_limit=15))
    await asyncio.sleep(20)
    bench.session.on_connected()
    assert await ended(bench.session) == pytest.approx(35, abs=0.1)
    [goodbye] = bench.transport.sent("end_stream")
    assert goodbye.reason == "time_limit"
    assert "15 seconds" in goodbye.data


async def test_silence_after_life_signs_ends_the_session_after_20_seconds() -> None:
    bench = await open_session()
    await asyncio.sleep(100)
    bench.session.on_activity()
    assert await ended(bench.session) == pytest.approx(120, abs=0.1)
    [goodbye] = bench.transport.sent("end_stream")
    assert goodbye.reason == "peer_lost"


async def test_a_wire_that_notices_a_lost_client_itself_has_no_silence_deadline() -> None:
    bench = await open_session(limits=Limits(silence=None))
    bench.session.on_activity()
    await asyncio.sleep(3600)
    assert bench.session.state is SessionState.OPEN
    await bench.session.aclose()


@pytest.mark.parametrize("sign", ["activity", "audio", "video", "ping", "nonsense"])
async def test_every_sign_of_life_postpones_the_silence_deadline(sign: str) -> None:
    bench = await open_session()
    give: Callable[[], None] = {
        "activity": bench.session.on_activity,
        "audio": lambda: bench.session.on_audio(silence()),
        "video": lambda: bench.session.on_video(cast(Any, object())),
        "ping": lambda: bench.session.on_message('{"type":"ping"}'),
        "nonsense": lambda: bench.session.on_message("nonsense"),
    }[sign]
    for _ in range(10):
        give()
        await asyncio.sleep(19)
        assert bench.session.state is SessionState.OPEN
    # The last sign came 19 s ago.
    before = asyncio.get_running_loop().time()
    assert await ended(bench.session) - before == pytest.approx(1, abs=0.1)


async def test_a_client_that_never_gave_a_sign_of_life_is_left_alone() -> None:
    bench = await open_session(limits=Limits(silence=15))
    await asyncio.sleep(24 * 3600)
    assert bench.session.state is SessionState.OPEN
    await bench.session.aclose()
