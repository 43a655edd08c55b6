"""The event that tells a handler of its other inputs' values."""

from __future__ import annotations

import asyncio
import threading

import pytest

from gradio_webrtc.errors import SessionClosedError
from gradio_webrtc.handlers.args import ArgsEvent

pytestmark = pytest.mark.asyncio


async def test_the_event_can_be_set_from_any_thread_and_waited_for_on_any_loop() -> None:
    event = ArgsEvent()
    seen: list[bool] = []

    def elsewhere() -> None:
        seen.append(asyncio.run(event.wait()))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    waiting = asyncio.ensure_future(event.wait())
    await asyncio.sleep(0.01)
    setter = threading.Thread(target=event.set)
    setter.start()
    assert await asyncio.wait_for(waiting, 5) is True
    thread.join(5)
    setter.join(5)
    assert seen == [True]
    assert event.wait_sync(0) is True
    event.clear()
    assert event.wait_sync(0.001) is False


async def test_once_set_it_is_not_waited_for_until_it_is_cleared() -> None:
    event = ArgsEvent()
    assert not event.is_set()
    event.set()
    assert event.is_set()
    assert await event.wait() is True
    assert event.wait_sync() is True
    event.clear()
    assert not event.is_set()
    waiting = asyncio.ensure_future(event.wait())
    await asyncio.sleep(0)
    assert not waiting.done()
    event.set()
    assert await waiting is True


async def test_closing_ends_waiting_and_refuses_to_wait_again() -> None:
    event = ArgsEvent()
    waiting = asyncio.ensure_future(event.wait())
    await asyncio.sleep(0)
    event.close()
    await asyncio.wait({waiting}, timeout=5)
    assert waiting.cancelled()
    with pytest.raises(SessionClosedError):
        await event.wait()
    with pytest.raises(SessionClosedError):
        event.wait_sync(1)


async def test_values_that_are_there_can_be_had_after_the_end() -> None:
    event = ArgsEvent()
    event.set()
    event.close()
    assert await event.wait() is True
    assert event.wait_sync() is True


async def test_a_waiter_that_was_cancelled_is_forgotten() -> None:
    event = ArgsEvent()
    waiting = asyncio.ensure_future(event.wait())
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    event.set()
    assert await event.wait() is True


async def test_a_loop_that_ended_meanwhile_stops_nobody_else() -> None:
    event = ArgsEvent()
    stale = event.wait()

    async def begin() -> None:
        stale.send(None)

    thread = threading.Thread(target=lambda: asyncio.run(begin()))
    thread.start()
    thread.join(5)
    waiting = asyncio.ensure_future(event.wait())
    await asyncio.sleep(0)
    event.set()
    assert await waiting is True
    stale.close()
