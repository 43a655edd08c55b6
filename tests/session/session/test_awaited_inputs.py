"""Values of other inputs that do not come: it is said once, and the session goes on with them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gradio_webrtc import AsyncStreamHandler, Stream
from gradio_webrtc.session.awaited_inputs import INPUTS_PATIENCE_S
from gradio_webrtc.session.session import Session
from gradio_webrtc.session.state import SessionState
from tests.support.emissions import ArrayFrame
from tests.support.fake_transport import FakeTransport
from tests.support.sessions import make_session, settle

pytestmark = pytest.mark.looptime


class Waiting(AsyncStreamHandler):
    async def receive(self, frame: Any) -> None:
        pass

    async def emit(self) -> Any:
        await self.wait_for_args()
        await asyncio.sleep(1)
        return 24_000, np.full((1, 480), self.latest_args[1], np.int16)

    def copy(self) -> AsyncStreamHandler:
        return type(self)()


class Starting(Waiting):
    async def start_up(self) -> None:
        await self.wait_for_args()


async def picture(image: Any, word: int) -> Any:
    return image


async def generated(word: int) -> Any:
    yield np.zeros((8, 8, 3), np.uint8)


def open_stream(fn: Any, **options: Any) -> tuple[Session, FakeTransport]:
    settings = Stream(fn, **options).host.settings
    transport = FakeTransport()
    session = make_session(settings.make_handler(), transport)
    session.start()
    session.on_connected()
    return session, transport


STREAMS: list[Callable[[], tuple[Session, FakeTransport]]] = [
    lambda: open_stream(Waiting(), modality="audio"),
    lambda: open_stream(Starting(), modality="audio"),
    lambda: open_stream(picture, modality="video"),
    lambda: open_stream(generated, modality="video", mode="receive"),
]


async def passes(session: Session, seconds: float) -> None:
    """Let time pass in which the client gives signs of life."""
    for _ in range(round(seconds * 10)):
        await asyncio.sleep(0.1)
        session.on_activity()


@pytest.mark.parametrize("start", STREAMS, ids=["emit", "start_up", "function", "generator"])
async def test_it_is_said_once_to_the_client_and_the_log(
    start: Callable[[], tuple[Session, FakeTransport]], caplog: pytest.LogCaptureFixture
) -> None:
    session, transport = start()
    await passes(session, INPUTS_PATIENCE_S - 0.5)
    assert not transport.sent("warning")
    await passes(session, 20)
    (warning,) = transport.sent("warning")
    assert "waits for the values of its inputs" in warning.data
    assert caplog.text.count("set_input(webrtc_id, ...)") == 1
    assert session.state is SessionState.OPEN
    await session.aclose()


async def test_it_goes_on_when_they_come() -> None:
    session, transport = open_stream(picture, modality="video")
    await passes(session, INPUTS_PATIENCE_S + 1)
    assert not transport.played
    session.set_args([1])
    session.on_video(ArrayFrame(np.zeros((8, 8, 3), np.uint8)))
    await settle()
    assert transport.played
    await session.aclose()


@pytest.mark.parametrize("start", STREAMS, ids=["emit", "start_up", "function", "generator"])
async def test_nothing_is_said_when_they_come_in_time(
    start: Callable[[], tuple[Session, FakeTransport]], caplog: pytest.LogCaptureFixture
) -> None:
    session, transport = start()
    await passes(session, INPUTS_PATIENCE_S - 1)
    session.set_args([1])
    await passes(session, 20)
    assert not transport.sent("warning")
    await session.aclose()
    assert "set_input" not in caplog.text


async def test_nothing_is_said_of_a_session_that_has_ended(
    caplog: pytest.LogCaptureFixture,
) -> None:
    session, transport = open_stream(picture, modality="video")
    await passes(session, 1)
    await session.aclose()
    await asyncio.sleep(2 * INPUTS_PATIENCE_S)
    assert not transport.sent("warning")
    assert "set_input" not in caplog.text


async def test_nothing_is_said_where_nobody_waits() -> None:
    session, transport = open_stream(lambda image: image, modality="video")
    await passes(session, 3 * INPUTS_PATIENCE_S)
    assert not transport.sent("warning")
    await session.aclose()
