"""The one way a session ends, whatever ends it."""

from __future__ import annotations

import asyncio
import gc
import logging
import weakref
from typing import Any, cast

import pytest

from gradio_webrtc.session.session import Session
from gradio_webrtc.session.state import CloseReason, SessionState
from tests.support.scripted_handler import ScriptedHandler
from tests.support.sessions import (
    make_session,
    open_session,
    settle,
    silence,
    start_session,
    until,
)

pytestmark = pytest.mark.looptime


async def for_ever() -> None:
    """Never return, but be cancelled at once."""
    await asyncio.Event().wait()


async def test_aclose_twice_does_its_work_once() -> None:
    bench = await open_session()
    closed: list[Session] = []
    bench.session.on_closed_callbacks.append(closed.append)
    await bench.session.aclose(CloseReason.TIME_LIMIT, "over")
    await bench.session.aclose(CloseReason.SERVER_SHUTDOWN)
    assert (bench.handler.closed, bench.transport.closed, len(closed)) == (1, 1, 1)
    assert bench.session.ending is not None
    assert bench.session.ending.reason is CloseReason.TIME_LIMIT


async def test_concurrent_aclose_calls_all_wait_for_the_end() -> None:
    bench = await open_session()

    async def slow() -> None:
        await asyncio.sleep(3)

    bench.handler.on_close = slow

    async def close() -> float:
        await bench.session.aclose()
        assert bench.session.state is SessionState.CLOSED
        return asyncio.get_running_loop().time()

    times = await asyncio.gather(*(close() for _ in range(5)))
    assert times == [pytest.approx(3, abs=0.1)] * 5
    assert bench.handler.closed == 1


async def test_aclose_before_start_shuts_the_handler_down() -> None:
    handler = ScriptedHandler()

    async def slow() -> None:
        await asyncio.sleep(3)

    handler.on_close = slow
    session = make_session(handler)

    async def close() -> SessionState:
        await session.aclose()
        return session.state

    assert set(await asyncio.gather(close(), close())) == {SessionState.CLOSED}
    assert (handler.started, handler.closed) == (0, 1)


async def test_aclose_while_connecting_never_starts_the_handler() -> None:
    bench = start_session()
    await settle()
    await bench.session.aclose()
    assert (bench.handler.started, bench.handler.closed) == (0, 1)


async def test_aclose_during_start_up_cancels_it() -> None:
    handler = ScriptedHandler()

    async def starting(_: object) -> None:
        await for_ever()

    handler.on_start = starting
    bench = await open_session(handler)
    await bench.session.aclose()
    assert (handler.started, handler.closed, handler.emits_taken) == (1, 1, 0)


async def test_ended_before_started_still_cleans_up() -> None:
    bench = start_session()
    bench.session.end(CloseReason.CLIENT_CLOSED)
    await bench.session.aclose()
    assert bench.handler.closed == 1
    assert bench.session.ending is not None
    assert bench.session.ending.reason is CloseReason.CLIENT_CLOSED


async def test_the_order_of_an_ending() -> None:
    bench = await open_session()
    order = bench.transport.calls

    async def shutting_down() -> None:
        order.append("shutdown")

    bench.handler.on_close = shutting_down
    bench.session.on_closed_callbacks.append(lambda _: order.append("place freed"))
    await bench.session.aclose(CloseReason.TIME_LIMIT, "over")
    assert order == ["send:end_stream", "aclose", "shutdown", "place freed"]


async def test_cancelling_the_owner_cleans_up_like_every_other_ending() -> None:
    bench = await open_session()
    [owner] = [task for task in asyncio.all_tasks() if task.get_name() == "session-a"]
    owner.cancel()
    await until(lambda: bench.session.state is SessionState.CLOSED)
    assert (bench.handler.closed, bench.transport.closed) == (1, 1)
    [goodbye] = bench.transport.sent("end_stream")
    assert goodbye.reason == "server_shutdown"


def test_a_stopping_event_loop_closes_its_sessions() -> None:
    async def main() -> Session:
        bench = await open_session()
        handlers.append(bench.handler)
        return bench.session

    handlers: list[ScriptedHandler] = []
    session = asyncio.run(main())
    assert session.state is SessionState.CLOSED
    assert handlers[0].closed == 1


async def test_the_output_stream_ends_with_the_session() -> None:
    bench = await open_session()

    async def read() -> list[object]:
        return [outputs async for outputs in bench.session.outputs.read()]

    reading = asyncio.ensure_future(read())
    await settle()
    await bench.session.aclose()
    assert await asyncio.wait_for(reading, 1) == []


async def test_a_closed_session_ignores_what_still_arrives(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    bench = await open_session()
    await bench.session.aclose()
    bench.session.on_connected()
    bench.session.on_activity()
    bench.session.on_audio(silence())
    bench.session.on_video(cast(Any, object()))
    bench.session.on_message('{"type":"end_stream"}')
    bench.session.on_input_ended("audio")
    bench.session.on_closed(CloseReason.PEER_LOST)
    bench.session.end_threadsafe(CloseReason.PEER_LOST)
    await asyncio.sleep(100)
    assert bench.session.state is SessionState.CLOSED
    assert bench.handler.received == []
    assert bench.handler.closed == 1
    assert caplog.records == []


async def test_a_closed_session_is_garbage() -> None:
    bench = await open_session()
    bench.session.on_activity()
    session = weakref.ref(bench.session)
    handler = weakref.ref(bench.handler)
    await bench.session.aclose()
    del bench
    await settle()
    gc.collect()
    assert session() is None
    assert handler() is None
