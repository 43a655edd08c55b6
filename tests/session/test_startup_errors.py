"""A start-up that raises ends the session, and is in the log once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from gradio_webrtc import (
    AsyncStreamHandler,
    AudioVideoStreamHandler,
    ReplyOnPause,
    Stream,
    StreamHandler,
)
from gradio_webrtc.session.state import SessionState
from tests.support.fake_transport import FakeTransport
from tests.support.sessions import make_session, until


class Sync(StreamHandler):
    def start_up(self) -> None:
        time.sleep(0.1)  # longer than the head start that it gets
        raise ValueError("it broke")

    def receive(self, frame: Any) -> None:
        pass

    def emit(self) -> None:
        time.sleep(0.02)

    def copy(self) -> StreamHandler:
        return type(self)()


class AtOnce(Sync):
    def start_up(self) -> None:
        raise ValueError("it broke")


class Async(AsyncStreamHandler):
    async def start_up(self) -> None:
        raise ValueError("it broke")

    async def receive(self, frame: Any) -> None:
        pass

    async def emit(self) -> None:
        return None

    def copy(self) -> AsyncStreamHandler:
        return type(self)()


class Both(AudioVideoStreamHandler):
    start_up = Sync.start_up
    receive = Sync.receive
    emit = Sync.emit

    def video_receive(self, frame: Any) -> None:
        pass

    def video_emit(self) -> None:
        time.sleep(0.02)

    def copy(self) -> AudioVideoStreamHandler:
        return type(self)()


def reply(audio: Any) -> Iterator[Any]:
    yield None


def plain() -> None:
    raise ValueError("it broke")


async def coroutine() -> None:
    raise ValueError("it broke")


def generator() -> Iterator[Any]:
    yield 48_000, np.zeros((1, 480), np.int16)
    raise ValueError("it broke")


@pytest.mark.parametrize(
    "handler",
    [Sync(), AtOnce(), Async(), Both()]
    + [ReplyOnPause(reply, startup_fn=fn) for fn in (plain, coroutine, generator)],
    ids=lambda each: type(each).__name__,
)
async def test_it_is_logged_once(handler: Any, caplog: pytest.LogCaptureFixture) -> None:
    modality: Any = "audio-video" if isinstance(handler, Both) else "audio"
    settings = Stream(handler, modality=modality).host.settings
    transport = FakeTransport()
    session = make_session(settings.make_handler(), transport)
    session.start()
    session.on_connected()
    await until(lambda: session.state is SessionState.CLOSED)
    assert caplog.text.count("Traceback") == 1
    assert transport.messages[-1].reason == "handler_error"
