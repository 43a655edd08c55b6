"""What the handler tests share: a session to talk to, and proof that nothing is left behind."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

Until = Callable[[Callable[[], bool]], None]


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

    def send(self, text: str) -> None:
        self.sent.append(text)

    def log(self, event: str) -> None:
        self.logged.append(event)

    def stopword(self, word: str) -> None:
        self.stopwords.append(word)

    def request_inputs(self) -> None:
        self.requests += 1

    def clear(self) -> None:
        self.cleared += 1

    def hold(self) -> None:
        self.held = True

    def release(self) -> None:
        self.held = False

    async def drain(self) -> None:
        """Everything has been played."""


def until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait, without running the loop, until another thread has made ``condition`` true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long for another thread"
        time.sleep(0.001)


async def until_async(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    """Run the loop until ``condition`` is true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        await asyncio.sleep(0.001)


@pytest_asyncio.fixture
async def link() -> FakeLink:
    return FakeLink(asyncio.get_running_loop())


@pytest_asyncio.fixture(autouse=True)
async def nothing_left_behind() -> AsyncIterator[None]:
    """Fail the test if a thread or a task outlives it, or the loop reported an error."""
    threads = set(threading.enumerate())
    tasks = asyncio.all_tasks()
    reported: list[str] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: reported.append(str(context)))
    yield
    until(lambda: set(threading.enumerate()) <= threads, 3.0)
    await asyncio.sleep(0)
    left = {task for task in asyncio.all_tasks() - tasks if task is not asyncio.current_task()}
    assert not left
    assert not reported


@pytest.fixture(name="until")
def _until() -> Callable[..., None]:
    return until


@pytest.fixture(name="until_async")
def _until_async() -> Callable[..., object]:
    return until_async
