"""A method that code on the loop awaits, and code on a thread just calls."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from gradio_webrtc.concurrency.worker import Worker
from gradio_webrtc.handlers.invoke import call, is_async
from gradio_webrtc.handlers.loop_or_thread import for_loop_and_threads, here_or_there

pytestmark = pytest.mark.asyncio


class Base:
    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()

    @for_loop_and_threads
    def ask(self, value: int) -> Coroutine[Any, Any, int]:
        result: Coroutine[Any, Any, int] = here_or_there(self._asked(value), self.loop)
        return result

    async def _asked(self, value: int) -> int:
        await asyncio.sleep(0)
        assert asyncio.get_running_loop() is self.loop
        if value < 0:
            raise ValueError("below zero")
        return value + 1


class Sync(Base):
    def ask(self, value):
        return super().ask(value) * 10


class Async(Base):
    async def ask(self, value):
        return await super().ask(value) * 10


@pytest.mark.parametrize(("kind", "expected"), [(Base, 3), (Sync, 30), (Async, 30)])
async def test_what_overrides_it_may_be_sync_or_async(kind, expected):
    worker = Worker("test")
    asked = kind()
    assert await call(asked.ask, 2, worker=worker) == expected
    assert is_async(asked.ask) == (kind is not Sync)
    assert worker.started == (kind is Sync), "only sync code needs the thread"
    with pytest.raises(ValueError, match="below zero"):
        await call(asked.ask, -1, worker=worker)
    await worker.aclose()
