"""User code that raises ``CancelledError`` or what ends an event loop: an error like any other."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import numpy as np
import pytest

from gradio_webrtc import AsyncStreamHandler, StreamHandler, WebRTCData
from gradio_webrtc.handlers.adapters.as_handler import as_handler
from gradio_webrtc.session.session import Session
from gradio_webrtc.session.state import CloseReason, SessionState
from tests.support.encoded_files import encode_audio, tone
from tests.support.fake_transport import FakeTransport
from tests.support.scripted_conversation import ScriptedReply, Talk
from tests.support.sessions import make_session, settle, silence, until

pytestmark = pytest.mark.looptime


async def awaits_a_cancelled_task() -> None:
    """Do what user code does by mistake."""
    task = asyncio.ensure_future(asyncio.Event().wait())
    await asyncio.sleep(0)
    task.cancel()
    await task


async def cancels_itself() -> None:
    """Do what a cancel scope does that is left in another call than it was entered in."""
    task = asyncio.current_task()
    assert task is not None
    task.cancel()
    await asyncio.sleep(0)


def raising(kind: type[BaseException]) -> Callable[[], Awaitable[None]]:
    async def fail() -> None:
        raise kind("on purpose")

    return fail


FAILURES: dict[str, Callable[[], Awaitable[None]]] = {
    "CancelledError": awaits_a_cancelled_task,
    "KeyboardInterrupt": raising(KeyboardInterrupt),
    "SystemExit": raising(SystemExit),
    "GeneratorExit": raising(GeneratorExit),
    "StopAsyncIteration": raising(StopAsyncIteration),
}
MISTAKES = pytest.mark.parametrize(("kind", "fail"), FAILURES.items(), ids=FAILURES)

Mistake = Callable[[], Awaitable[None]]


class Careless(AsyncStreamHandler):
    """Makes a mistake in the method named ``where``."""

    def __init__(self, where: str, fail: Mistake) -> None:
        super().__init__()
        self.where, self.fail = where, fail

    async def at(self, where: str) -> None:
        if where == self.where:
            await self.fail()

    def copy(self) -> Careless:
        return type(self)(self.where, self.fail)

    async def start_up(self) -> None:
        if self.where == "late start_up":
            await asyncio.sleep(1)
            await self.fail()
        await self.at("start_up")

    async def receive(self, frame: Any) -> None:
        await self.at("receive")

    async def emit(self) -> Any:
        await self.at("emit")
        await asyncio.Event().wait()

    async def trigger_response(self) -> None:
        await self.at("trigger_response")

    async def shutdown(self) -> None:
        await self.at("shutdown")


async def open_with(handler: Any) -> tuple[Session, FakeTransport]:
    transport = FakeTransport()
    session = make_session(as_handler(handler, mode="send-receive", modality="audio")(), transport)
    session.start()
    session.on_connected()
    await settle()
    session.on_audio(silence())
    session.set_args([WebRTCData("a", "hello")])
    return session, transport


def assert_told(
    session: Session, transport: FakeTransport, words: str, log: pytest.LogCaptureFixture
) -> None:
    assert session.ending is not None
    assert session.ending.reason is CloseReason.HANDLER_ERROR
    [error] = transport.sent("error")
    assert "Something in the app failed" in error.data
    assert words in log.text
    errors = [record for record in log.records if record.levelno >= logging.ERROR]
    assert len(errors) == 1
    assert errors[0].getMessage().startswith("session a: the handler failed (error ")
    assert errors[0].exc_info


@MISTAKES
@pytest.mark.parametrize(
    "where", ["start_up", "late start_up", "receive", "emit", "trigger_response"]
)
async def test_a_coroutine_that_raises_it_ends_the_session_with_words(
    where: str, kind: str, fail: Mistake, caplog: pytest.LogCaptureFixture
) -> None:
    session, transport = await open_with(Careless(where, fail))
    await until(lambda: session.state is SessionState.CLOSED, 5)
    assert_told(session, transport, f"Careless.{where.split()[-1]} raised {kind}", caplog)


@pytest.mark.parametrize("where", ["receive", "emit", "start_up", "trigger_response"])
async def test_code_that_cancels_the_task_it_runs_in_ends_the_session_with_words(
    where: str, caplog: pytest.LogCaptureFixture
) -> None:
    session, transport = await open_with(Careless(where, cancels_itself))
    await until(lambda: session.state is SessionState.CLOSED, 5)
    assert_told(session, transport, f"{where} raised CancelledError", caplog)


@MISTAKES
async def test_a_shutdown_that_raises_it_is_logged_and_the_session_is_gone(
    kind: str, fail: Mistake, caplog: pytest.LogCaptureFixture
) -> None:
    session, _ = await open_with(Careless("shutdown", fail))
    await session.aclose(CloseReason.CLIENT_CLOSED)
    assert session.state is SessionState.CLOSED
    assert session.ending is not None
    assert session.ending.reason is CloseReason.CLIENT_CLOSED
    assert f"Careless.shutdown raised {kind}" in caplog.text


@pytest.mark.parametrize("where", ["copy", "receive", "emit", "start_up"])
@pytest.mark.parametrize(
    "kind",
    [asyncio.CancelledError, KeyboardInterrupt, SystemExit, StopIteration, StopAsyncIteration],
)
async def test_plain_code_that_raises_it(
    where: str, kind: type[BaseException], caplog: pytest.LogCaptureFixture
) -> None:
    class Plain(StreamHandler):
        def at(self, here: str) -> None:
            if here == where:
                raise kind

        def copy(self) -> Plain:
            self.at("copy")
            return Plain()

        def start_up(self) -> None:
            self.at("start_up")

        def receive(self, frame: Any) -> None:
            self.at("receive")

        def emit(self) -> Any:
            self.at("emit")

    session, transport = await open_with(Plain())
    await until(lambda: session.state is SessionState.CLOSED, 60)
    # `copy` runs on the thread of `start_up`, before that.
    name = "start_up" if where == "copy" else where
    assert_told(session, transport, f"Plain.{name} raised {kind.__name__}", caplog)


def replies(fail: Mistake) -> dict[str, Callable[..., Any]]:
    async def function(audio: Any) -> Any:
        await fail()

    async def generator(audio: Any) -> AsyncIterator[Any]:
        yield 48_000, np.ones((1, 960), np.int16)
        await fail()

    return {"function": function, "generator": generator}


@MISTAKES
@pytest.mark.parametrize("shape", ["function", "generator"])
async def test_a_reply_that_raises_it_ends_the_session_with_words(
    shape: str, kind: str, fail: Mistake, caplog: pytest.LogCaptureFixture
) -> None:
    async with Talk(ScriptedReply(replies(fail)[shape])) as talk:
        await talk.asks()
        await until(lambda: talk.session.state is SessionState.CLOSED, 5)
        # Python itself makes a RuntimeError of it in a generator.
        in_generator = kind == "StopAsyncIteration" and shape == "generator"
        words = "raised StopAsyncIteration" if in_generator else f"{shape} raised {kind}"
        assert_told(talk.session, talk.transport, words, caplog)


async def test_a_reply_that_cancels_its_own_task_ends_the_session_with_words(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with Talk(ScriptedReply(replies(cancels_itself)["function"])) as talk:
        await talk.asks()
        await until(lambda: talk.session.state is SessionState.CLOSED, 5)
        assert_told(talk.session, talk.transport, "function raised CancelledError", caplog)


async def test_a_plain_generator_that_raises_it_does_not_just_end(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def generate() -> Iterator[Any]:
        yield 48_000, np.ones((1, 960), np.int16)
        raise StopAsyncIteration

    handler = as_handler(generate, mode="receive", modality="audio")()
    session = make_session(handler)
    session.start()
    session.on_connected()
    await until(lambda: session.state is SessionState.CLOSED, 60)
    assert session.ending is not None
    assert session.ending.reason is CloseReason.HANDLER_ERROR
    assert "generate raised StopAsyncIteration" in caplog.text


@pytest.mark.parametrize("fail", [awaits_a_cancelled_task, cancels_itself])
async def test_a_value_fetched_while_a_file_is_decoded(
    fail: Mistake, caplog: pytest.LogCaptureFixture
) -> None:
    values = iter([encode_audio(tone(0.5), "mp3")])

    class Slices(Careless):
        async def emit(self) -> Any:
            if (value := next(values, None)) is not None:
                return value
            await self.fail()

    session, transport = await open_with(Slices("", fail))
    await until(lambda: session.state is SessionState.CLOSED, 60)
    assert_told(session, transport, "raised CancelledError", caplog)
    assert transport.played, "what came before is played"


async def test_others_go_on(caplog: pytest.LogCaptureFixture) -> None:
    other, _ = await open_with(Careless("nowhere", awaits_a_cancelled_task))
    for fail in FAILURES.values():
        session, _ = await open_with(Careless("emit", fail))
        await until(lambda session=session: session.state is SessionState.CLOSED, 5)
    assert other.state is SessionState.OPEN
    await other.aclose()


@pytest.mark.looptime(False)  # a thread ends, for which virtual time does not wait
async def test_a_session_that_ends_while_code_waits_for_its_inputs_is_no_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    waiting: list[Any] = []

    class Waiting(Careless):
        async def receive(self, frame: Any) -> None:
            waiting.append(frame)
            await self.wait_for_args()

    session = make_session(
        as_handler(Waiting("", cancels_itself), mode="send-receive", modality="audio")()
    )
    session.start()
    session.on_connected()
    session.on_audio(silence())
    await until(lambda: waiting)
    await session.aclose(CloseReason.CLIENT_CLOSED)
    assert session.ending is not None
    assert session.ending.reason is CloseReason.CLIENT_CLOSED
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
