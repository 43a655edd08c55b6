"""What the handler tests share: a session to talk to, and proof that nothing is left behind."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest_asyncio

from gradio_webrtc.json_values import JsonObject
from tests.support.thread_fixtures import nothing_left_behind as nothing_left_behind
from tests.support.thread_fixtures import until as until
from tests.support.thread_fixtures import until_async as until_async


class FakeLink:
    """A session as handlers see it; keeps what it was asked for."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.webrtc_id = "someone"
        self.loop = loop
        self.phone_mode = False
        self.composer = False
        self.logged: list[str] = []
        self.stopwords: list[str] = []
        self.sent: list[str] = []
        self.requests = 0
        self.cleared = 0
        self.held = False
        self.played_s = 0.0
        self.queued_s = 0.0
        self.playout_s: float | None = None
        self._before_clear: list[Callable[[], None]] = []

    @property
    def client(self) -> FakeLink:
        return self

    @property
    def playback(self) -> FakeLink:
        return self

    def send(self, text: str) -> None:
        self.sent.append(text)

    def turn_timings(self, values: JsonObject) -> None:
        """Nobody looks."""

    def log(self, event: str) -> None:
        self.logged.append(event)

    def stopword(self, word: str) -> None:
        self.stopwords.append(word)

    def put_outputs(self, outputs: object) -> None:
        """Nobody reads them."""

    def request_inputs(self) -> None:
        self.requests += 1

    def clear(self) -> None:
        for callback in self._before_clear:
            self.loop.call_soon_threadsafe(callback)
        self.cleared += 1

    def allow_backlog(self, seconds: float) -> None:
        """Nothing is queued here."""

    def before_clear(self, callback: Callable[[], None]) -> None:
        self._before_clear.append(callback)

    def hold(self) -> None:
        self.held = True

    def release(self) -> None:
        self.held = False

    async def until_played(self, seconds: float) -> None:
        await asyncio.Event().wait()

    async def drain(self) -> None:
        """Everything has been played."""


@pytest_asyncio.fixture
async def link() -> FakeLink:
    return FakeLink(asyncio.get_running_loop())
