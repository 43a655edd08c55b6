"""User code that raises: the page gets words, the log the traceback, others nothing."""

from __future__ import annotations

import asyncio
import logging
import re
from functools import partial

import pytest

from gradio_webrtc.error_words import words_for
from gradio_webrtc.errors import MediaFormatError, WebRTCError
from gradio_webrtc.media.emitted_media import EmittedAudio
from gradio_webrtc.session.messages import MAX_MESSAGE_BYTES, encode
from gradio_webrtc.session.state import CloseReason, SessionState
from tests.support.scripted_handler import ScriptedHandler
from tests.support.sessions import (
    Bench,
    open_session,
    settle,
    silence,
    start_session,
    until,
)

pytestmark = pytest.mark.looptime

WHERE = ("start", "receive", "emit")


async def failing_session(where: str, error: BaseException) -> Bench:
    handler = ScriptedHandler()

    async def fail(*_: object) -> None:
        raise error

    if where == "start":
        handler.on_start = fail
    elif where == "receive":
        handler.on_receive = fail
    bench = await open_session(handler)
    if where == "receive":
        bench.session.on_audio(silence())
    elif where == "emit":
        handler.say(error)
    await until(lambda: bench.session.state is SessionState.CLOSED)
    return bench


@pytest.mark.parametrize("where", WHERE)
async def test_the_page_is_told_and_the_session_ends(
    where: str, caplog: pytest.LogCaptureFixture
) -> None:
    bench = await failing_session(where, ValueError("no such voice"))
    assert [message.type for message in bench.transport.messages] == ["error", "end_stream"]
    error, goodbye = bench.transport.messages
    # The text may hold a secret: the page gets the id under which the log has it.
    found = re.fullmatch(r"Something in the app failed \(error ([0-9a-f]{8})\)\. .*", error.data)
    assert found
    assert goodbye.data == error.data
    assert f"the handler failed (error {found[1]})" in caplog.text
    assert goodbye.reason == "handler_error"
    tracebacks = [record for record in caplog.records if record.exc_info]
    assert len(tracebacks) == 1
    assert tracebacks[0].levelno == logging.ERROR
    assert caplog.text.count("Traceback") == 1
    assert "raise error" in caplog.text or "raise value" in caplog.text
    assert bench.handler.closed == 1


@pytest.mark.parametrize("where", WHERE)
async def test_a_webrtcerror_shows_its_own_words(where: str) -> None:
    bench = await failing_session(where, WebRTCError("Please speak up."))
    assert bench.transport.sent("error")[0].data == "Please speak up."


async def test_a_wrong_value_names_what_was_expected() -> None:
    bench = await open_session()
    bench.handler.say(("a", "b", "c", "d"))
    await until(lambda: bench.session.state is SessionState.CLOSED)
    [error] = bench.transport.sent("error")
    assert error.data.startswith("Expected a frame")
    assert "(str, str, str, str)" in error.data


async def test_what_the_wire_refuses_to_play_is_the_handlers_error() -> None:
    bench = await open_session()

    async def refuse(audio: EmittedAudio) -> None:
        raise MediaFormatError("Expected sound; got a str.")

    bench.transport.play_audio = refuse  # type: ignore[method-assign]
    bench.handler.say("text")
    await until(lambda: bench.session.state is SessionState.CLOSED)
    assert bench.transport.sent("error")[0].data == "Expected sound; got a str."


async def test_other_sessions_go_on() -> None:
    others = [await open_session(webrtc_id=f"other-{n}") for n in range(3)]
    await failing_session("emit", RuntimeError("boom"))
    for other in others:
        other.session.on_audio(silence())
        other.handler.say("frame")
        await settle()
        assert other.session.state is SessionState.OPEN
        assert other.transport.played == [("audio", "frame")]
        assert len(other.handler.received) == 1
        await other.session.aclose()


async def test_the_first_of_two_errors_is_the_one_shown(caplog: pytest.LogCaptureFixture) -> None:
    handler = ScriptedHandler(emits=("audio", "video"))
    bench = await open_session(handler)
    handler.say(ValueError("first"))
    handler.say(ValueError("second"), kind="video")
    await until(lambda: bench.session.state is SessionState.CLOSED)
    assert len(bench.transport.sent("error")) == 1
    assert "ValueError: first" in caplog.text


async def test_an_error_raised_while_being_cancelled_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def fail_late(*_: object) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            raise KeyError("half-written file")

    handler = ScriptedHandler()
    handler.on_receive = fail_late
    bench = await open_session(handler)
    bench.session.on_audio(silence())
    await settle()
    await bench.session.aclose(CloseReason.CLIENT_CLOSED)
    assert bench.session.ending is not None
    assert bench.session.ending.reason is CloseReason.CLIENT_CLOSED
    assert "half-written file" in caplog.text


@pytest.mark.parametrize("error", [ValueError("x" * 200_000), WebRTCError("ö" * 200_000)])
async def test_a_very_long_error_still_fits_into_a_control_message(error: Exception) -> None:
    bench = await failing_session("emit", error)
    for message in bench.transport.messages:
        assert len(encode(message).encode()) <= MAX_MESSAGE_BYTES
    assert bench.transport.sent("error")[0].data[:10] in ("Something ", "ö" * 10)


async def test_an_app_may_let_the_page_see_every_error() -> None:
    handler = ScriptedHandler()
    bench = start_session(handler, words_for_error=partial(words_for, show_error=True))
    bench.session.on_connected()
    handler.say(ValueError("no such voice"))
    await until(lambda: bench.session.state is SessionState.CLOSED)
    assert bench.transport.sent("error")[0].data == "ValueError: no such voice"
