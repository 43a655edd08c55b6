"""A session's states and deadlines, on a clock that jumps."""

from __future__ import annotations

import asyncio
import logging

import pytest

from gradio_webrtc.handlers.emitted import CloseStream
from gradio_webrtc.handlers.protocol import EndOfStream
from gradio_webrtc.session.session import Session
from gradio_webrtc.session.state import CloseReason, Limits, SessionState
from tests.support.scripted_handler import ScriptedHandler
from tests.support.sessions import open_session, settle, silence, start_session, until

pytestmark = pytest.mark.looptime


def transitions(caplog: pytest.LogCaptureFixture) -> list[str]:
    texts = (record.getMessage() for record in caplog.records)
    return [text.split(": ", 1)[1] for text in texts if " -> " in text]


async def ended(session: Session, seconds: float = 1000.0) -> float:
    """Wait for the end; return the loop's time at which the session was closed."""
    await until(lambda: session.state is SessionState.CLOSED, seconds)
    return asyncio.get_running_loop().time()


async def test_each_state_is_entered_once_and_in_order(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "gradio_webrtc.session")
    bench = await open_session()
    bench.session.on_connected()
    bench.session.on_closed(CloseReason.CLIENT_CLOSED)
    bench.session.on_closed(CloseReason.TRANSPORT_FAILED)
    await bench.session.aclose()
    bench.session.on_connected()
    await bench.session.aclose()

    assert transitions(caplog) == [
        "new -> connecting",
        "connecting -> open",
        "open -> closing",
        "closing -> closed",
    ]
    assert bench.session.ending is not None
    assert bench.session.ending.reason is CloseReason.CLIENT_CLOSED
    assert "session a ended: client_closed" in caplog.text


async def test_a_session_starts_only_once() -> None:
    bench = await open_session()
    with pytest.raises(RuntimeError, match=r"from open to connecting.*allowed: closing"):
        bench.session.start()
    await bench.session.aclose()
    with pytest.raises(RuntimeError, match="from closed to connecting; allowed: nothing"):
        bench.session.start()


async def test_the_handler_starts_only_when_media_can_flow() -> None:
    bench = start_session()
    await settle()
    assert bench.handler.started == 0
    bench.session.on_connected()
    await settle()
    assert bench.handler.started == 1
    assert bench.handler.link is bench.session.link
    await bench.session.aclose()


async def test_closestream_is_heard_to_the_end_before_the_session_ends() -> None:
    bench = await open_session()
    bench.transport.drained.clear()
    bench.handler.say(("frame", CloseStream("That is all.")))
    await settle()
    assert bench.transport.played == [("audio", "frame")]
    assert bench.session.state is SessionState.OPEN
    await asyncio.sleep(5)
    assert bench.session.state is SessionState.OPEN
    bench.transport.drained.set()
    assert await ended(bench.session) == pytest.approx(5, abs=0.1)
    [goodbye] = bench.transport.sent("end_stream")
    assert (goodbye.data, goodbye.reason) == ("That is all.", "handler_finished")
    assert bench.transport.calls.index("drain") < bench.transport.calls.index("send:end_stream")


async def test_a_drain_that_never_ends_is_given_up() -> None:
    bench = await open_session(limits=Limits(drain=7))
    bench.transport.drained.clear()
    bench.handler.say(CloseStream("bye"))
    assert await ended(bench.session) == pytest.approx(7, abs=0.1)
    assert bench.session.ending is not None
    assert bench.session.ending.reason is CloseReason.HANDLER_FINISHED


async def test_a_handler_with_nothing_more_to_emit_ends_the_session() -> None:
    bench = await open_session()
    bench.handler.say("frame", EndOfStream())
    await ended(bench.session)
    assert bench.transport.played == [("audio", "frame")]
    [goodbye] = bench.transport.sent("end_stream")
    assert (goodbye.data, goodbye.reason) == ("", "handler_finished")


async def test_all_kinds_must_have_ended_before_a_handler_is_finished() -> None:
    bench = await open_session(ScriptedHandler(emits=("audio", "video")))
    bench.handler.say(EndOfStream())
    await asyncio.sleep(60)
    assert bench.session.state is SessionState.OPEN
    bench.handler.say("picture", EndOfStream(), kind="video")
    await ended(bench.session)
    assert bench.transport.played == [("video", "picture")]


async def test_a_handler_that_only_receives_does_not_end_by_itself() -> None:
    bench = await open_session(ScriptedHandler(emits=()))
    bench.session.on_audio(silence())
    await asyncio.sleep(10)
    assert bench.session.state is SessionState.OPEN
    assert len(bench.handler.received) == 1
    await bench.session.aclose()


@pytest.mark.looptime(False)
async def test_an_idle_session_does_not_wake_for_anything() -> None:
    bench = await open_session(limits=Limits(time_limit=3600))
    bench.session.on_activity()
    loop = asyncio.get_running_loop()
    woken = 0
    select = loop._selector.select  # type: ignore[attr-defined]  # the loop's one sleeping place

    def counting(timeout: float | None) -> object:
        nonlocal woken
        woken += 1
        return select(timeout)

    loop._selector.select = counting  # type: ignore[attr-defined]
    try:
        await asyncio.sleep(1)
    finally:
        loop._selector.select = select  # type: ignore[attr-defined]
    # One is this test's own.
    assert woken <= 2
    assert bench.handler.emits_taken == 1
    await bench.session.aclose()
