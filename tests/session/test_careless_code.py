"""User code and wires that hang, raise or ignore their cancellation when a session ends."""

from __future__ import annotations

import asyncio

import pytest

from gradio_webrtc.session.session import Session
from gradio_webrtc.session.state import CloseReason, Limits, SessionState
from tests.support.scripted_handler import ScriptedHandler
from tests.support.sessions import (
    open_session,
    settle,
    silence,
)

pytestmark = pytest.mark.looptime


async def for_ever() -> None:
    """Never return, but be cancelled at once."""
    await asyncio.Event().wait()


async def stubborn(*_: object) -> None:
    """Ignore cancellation for an hour, as careless user code does."""
    loop = asyncio.get_running_loop()
    until_ = loop.time() + 3600
    while loop.time() < until_:
        try:
            await asyncio.sleep(until_ - loop.time())
        except asyncio.CancelledError:
            continue


async def test_a_shutdown_that_hangs_is_left_behind_and_the_place_freed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bench = await open_session(limits=Limits(shutdown=10))
    bench.handler.on_close = for_ever
    closed: list[Session] = []
    bench.session.on_closed_callbacks.append(closed.append)
    await bench.session.aclose()
    assert asyncio.get_running_loop().time() == pytest.approx(10, abs=0.1)
    assert closed == [bench.session]
    assert "took longer than 10 s and was left behind" in caplog.text


async def test_a_shutdown_that_ignores_cancellation_is_left_behind_too(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bench = await open_session(limits=Limits(shutdown=10))
    bench.handler.on_close = stubborn
    await bench.session.aclose()
    assert asyncio.get_running_loop().time() == pytest.approx(10, abs=0.1)
    assert bench.session.state is SessionState.CLOSED
    assert "left behind" in caplog.text
    await asyncio.sleep(3600)  # until the user's code has had its way, and no task is left


async def test_user_code_that_ignores_cancellation_does_not_keep_the_place(
    caplog: pytest.LogCaptureFixture,
) -> None:
    handler = ScriptedHandler()
    handler.on_receive = stubborn
    bench = await open_session(handler, Limits(shutdown=10))
    bench.session.on_audio(silence())
    await settle()
    await bench.session.aclose()
    assert asyncio.get_running_loop().time() <= 10.1
    assert bench.session.state is SessionState.CLOSED
    assert handler.closed == 1
    assert "left behind" in caplog.text
    await asyncio.sleep(3600)


async def test_a_shutdown_that_raises_is_logged_and_does_not_stop_the_ending(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def failing() -> None:
        raise KeyError("user's own")

    bench = await open_session()
    bench.handler.on_close = failing
    closed: list[Session] = []
    bench.session.on_closed_callbacks.append(closed.append)
    await bench.session.aclose()
    assert closed == [bench.session]
    assert "user's own" in caplog.text


async def test_a_wire_that_fails_to_close_does_not_skip_the_users_shutdown(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bench = await open_session()
    bench.transport.close_error = OSError("cable cut")
    await bench.session.aclose()
    assert bench.handler.closed == 1
    assert bench.session.state is SessionState.CLOSED
    assert "cable cut" in caplog.text


async def test_one_failing_callback_does_not_keep_others_from_running(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bench = await open_session()

    def failing(_: Session) -> None:
        raise ZeroDivisionError

    closed: list[Session] = []
    bench.session.on_closed_callbacks += [failing, closed.append]
    await bench.session.aclose()
    assert closed == [bench.session]
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize("stage", ["tasks", "wire", "shutdown"])
async def test_a_loop_that_stops_in_the_middle_of_an_ending_does_not_skip_the_rest(
    stage: str,
) -> None:
    bench = await open_session()
    closed: list[Session] = []
    bench.session.on_closed_callbacks.append(closed.append)
    entered = asyncio.Event()

    async def stuck(*_: object) -> None:
        entered.set()
        await stubborn()

    if stage == "tasks":
        bench.handler.on_receive = stuck
        bench.session.on_audio(silence())
        await entered.wait()
    elif stage == "wire":
        bench.transport.aclose = stuck  # type: ignore[method-assign]
    else:
        bench.handler.on_close = stuck
    bench.session.end(CloseReason.CLIENT_CLOSED)
    await entered.wait()
    await settle()
    [owner] = [task for task in asyncio.all_tasks() if task.get_name() == "session-a"]
    owner.cancel()
    await settle()
    assert bench.session.state is SessionState.CLOSED
    assert asyncio.get_running_loop().time() == 0
    assert bench.handler.closed == 1
    assert closed == [bench.session]
    await asyncio.sleep(3600)
