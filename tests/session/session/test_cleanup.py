"""User code and wires that hang, raise or ignore their cancellation when a session ends."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import pytest

from gradio_webrtc import AsyncStreamHandler
from gradio_webrtc.handlers.adapters.as_handler import as_handler
from gradio_webrtc.handlers.emission import Emission
from gradio_webrtc.handlers.protocol import MediaKind
from gradio_webrtc.session.cleanup import stop_tasks
from gradio_webrtc.session.session import Session
from gradio_webrtc.session.state import CloseReason, Limits, SessionState
from tests.support.emissions import emission_of
from tests.support.scripted_handler import ScriptedHandler
from tests.support.sessions import (
    make_session,
    open_session,
    settle,
    silence,
    until,
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


@pytest.mark.parametrize("where", ["receive", "emit", "video emit"])
async def test_code_that_swallows_its_cancellation_and_returns_is_not_called_again(
    where: str,
) -> None:
    """As ``asyncio.wait_for`` does before Python 3.12 when an item comes in the same moment."""

    async def swallow() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()

    class Swallowing(ScriptedHandler):
        async def emit(self, kind: MediaKind) -> Emission:
            self.emits_taken += 1
            await swallow()
            return emission_of("frame", kind)

    handler: ScriptedHandler
    if where == "receive":
        handler = ScriptedHandler()
        handler.on_receive = lambda *_: swallow()
    else:
        handler = Swallowing(emits=("audio",) if where == "emit" else ("audio", "video"))
    bench = await open_session(handler)
    for _ in range(3):
        bench.session.on_audio(silence())
    await settle()
    taken = handler.emits_taken
    await bench.session.aclose(CloseReason.CLIENT_CLOSED)
    assert asyncio.get_running_loop().time() < 0.1, "its place was held"
    assert handler.emits_taken == taken
    assert len(handler.received) == (1 if where == "receive" else 3)


async def test_tasks_that_swallow_their_cancellation_are_cancelled_again() -> None:
    async def careless(times: int) -> None:
        while times:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                times -= 1
        await asyncio.Event().wait()

    tasks = [asyncio.ensure_future(careless(times)) for times in range(4)]
    await settle()
    await stop_tasks("here", tasks, 10)
    assert all(task.cancelled() for task in tasks)
    assert asyncio.get_running_loop().time() <= 4


async def test_tasks_that_tidy_up_are_left_to_it() -> None:
    tidied = False

    async def tidy() -> None:
        nonlocal tidied
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.9)
            tidied = True

    task = asyncio.ensure_future(tidy())
    await settle()
    await stop_tasks("here", [task], 10)
    assert tidied


async def test_a_start_up_that_swallows_its_cancellation_does_not_hold_the_place() -> None:
    class Server(AsyncStreamHandler):
        def copy(self) -> Server:
            return Server()

        async def receive(self, frame: object) -> None:
            received.append(frame)

        async def emit(self) -> Any:
            await for_ever()

        async def start_up(self) -> None:
            for _ in range(3):
                with contextlib.suppress(asyncio.CancelledError):
                    await for_ever()

    received: list[object] = []
    handler = as_handler(Server(), mode="send-receive", modality="audio")()
    session = make_session(handler, limits=Limits(shutdown=10))
    session.start()
    session.on_connected()
    session.on_audio(silence())
    await until(lambda: received)
    began = asyncio.get_running_loop().time()
    await session.aclose(CloseReason.CLIENT_CLOSED)
    assert asyncio.get_running_loop().time() - began < 6


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
