"""A submit as handlers see it: their latest_args, then their trigger_response."""

from __future__ import annotations

import asyncio
import threading

import numpy as np
import pytest

from gradio_webrtc import WebRTCData
from gradio_webrtc.errors import SessionClosedError
from gradio_webrtc.handlers.adapters.as_handler import as_handler
from gradio_webrtc.handlers.base import AsyncStreamHandler, StreamHandler

pytestmark = pytest.mark.asyncio

REPLY = (48_000, np.zeros((1, 960), np.int16))


class Sync(StreamHandler):
    made: list[Sync] = []  # noqa: RUF012

    def __init__(self) -> None:
        super().__init__()
        self.told = []
        self.ready = []

    def receive(self, frame):
        pass

    def emit(self):
        return self.ready.pop() if self.ready else None

    def trigger_response(self):
        self.told.append((threading.current_thread().name, self.latest_args))
        self.ready.append(REPLY)

    def copy(self):
        self.made.append(Sync())
        return self.made[-1]


class Async(AsyncStreamHandler):
    made: list[Async] = []  # noqa: RUF012

    def __init__(self) -> None:
        super().__init__()
        self.told = []

    async def receive(self, frame):
        pass

    async def emit(self):
        await asyncio.sleep(3600)

    async def trigger_response(self):
        before = self.latest_args
        await asyncio.sleep(0.01)
        assert self.latest_args is before  # the next submit waits
        self.told.append((threading.current_thread().name, before))

    def copy(self):
        self.made.append(Async())
        return self.made[-1]


class AsyncWithSyncTrigger(Async):
    def trigger_response(self):
        self.told.append((threading.current_thread().name, self.latest_args))

    def copy(self):
        self.made.append(AsyncWithSyncTrigger())
        return self.made[-1]


async def started(kind, link):
    handler = as_handler(kind(), mode="send-receive", modality="audio")()
    await handler.start(link)
    return handler, kind.made[-1]


@pytest.mark.parametrize("kind", [Sync, Async, AsyncWithSyncTrigger])
async def test_each_submit_triggers_once_with_its_own_values(kind, link):
    handler, user = await started(kind, link)
    one, two = WebRTCData("someone", "one"), WebRTCData("someone", "two")
    await handler.submit([one, 1])
    await handler.submit([two, 2])
    assert [args for _, args in user.told] == [[one, 1], [two, 2]]
    assert user.latest_args == [two, 2]
    assert user.args_set.is_set()
    threads = {name for name, _ in user.told}
    if kind is Async:
        assert threads == {threading.current_thread().name}
    else:
        assert threads == {f"{kind.__name__}.trigger_response"}
    await handler.aclose()


async def test_an_idle_emit_is_asked_at_once(link):
    handler, _ = await started(Sync, link)
    emitting = asyncio.ensure_future(handler.emit("audio"))
    await asyncio.sleep(0.05)
    await handler.submit([WebRTCData("someone", "hi")])
    assert (await asyncio.wait_for(emitting, 5)).audio.samples is REPLY[1]
    await handler.aclose()


async def test_a_handler_without_trigger_response_needs_no_thread_for_it(link):
    class Silent(Sync):
        trigger_response = StreamHandler.trigger_response

        def copy(self):
            self.made.append(Silent())
            return self.made[-1]

    handler, user = await started(Silent, link)
    await handler.submit([WebRTCData("someone", "hi"), 3])
    assert user.latest_args[1] == 3
    assert not [t for t in threading.enumerate() if "trigger_response" in t.name]
    await handler.aclose()


async def test_a_set_args_of_the_users_own_comes_before_trigger_response(link):
    class Noting(Sync):
        def set_args(self, args):
            super().set_args(args)
            self.told.append(("set_args", args))

        def copy(self):
            self.made.append(Noting())
            return self.made[-1]

    handler, user = await started(Noting, link)
    data = WebRTCData("someone", "hi")
    await handler.submit([data])
    assert [what for what, _ in user.told] == ["set_args", "Noting.trigger_response"]
    await handler.aclose()


async def test_what_trigger_response_raises_is_for_the_session(link):
    class Failing(Sync):
        def trigger_response(self):
            raise ValueError("no such model")

        def copy(self):
            self.made.append(Failing())
            return self.made[-1]

    handler, _ = await started(Failing, link)
    with pytest.raises(ValueError, match="no such model"):
        await handler.submit([WebRTCData("someone", "hi")])
    await handler.aclose()
    with pytest.raises(SessionClosedError):
        await handler.submit([WebRTCData("someone", "hi")])


@pytest.mark.parametrize("kind", [Sync, Async])
async def test_the_last_text_stays_while_other_values_change(kind):
    handler = kind()
    handler.set_args([1])
    assert handler.latest_args == ["__webrtc_value__", 1]
    data = WebRTCData("someone", "hi")
    handler.set_args([data, 2])
    handler.set_args([3])
    assert handler.latest_args == [data, 3]
    assert handler.latest_args[0] is data
    handler.set_args([])
    assert handler.latest_args == [data]
