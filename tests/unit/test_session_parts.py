"""The channel and what wakes its reader."""

from __future__ import annotations

import asyncio

import pytest

from gradio_webrtc.concurrency.channel import Channel
from gradio_webrtc.concurrency.wakeup import Wakeup

# -- the channel ------------------------------------------------------------------------------


async def test_a_channel_keeps_order_and_ends_after_what_is_queued() -> None:
    channel: Channel[int] = Channel(10)
    for number in range(3):
        channel.put(number)
    channel.close()
    channel.close()
    channel.put(99)
    assert channel.closed
    assert [number async for number in channel] == [0, 1, 2]
    assert [number async for number in channel] == []


async def test_a_channel_drops_the_oldest_and_counts() -> None:
    channel: Channel[int] = Channel(3)
    for number in range(10):
        channel.put(number)
    assert (len(channel), channel.dropped) == (3, 7)
    channel.close()
    assert [number async for number in channel] == [7, 8, 9]


@pytest.mark.parametrize("end", [False, True])
async def test_a_waiting_reader_is_woken(end: bool) -> None:
    channel: Channel[int] = Channel(1)
    reading = asyncio.ensure_future(anext(channel, None))
    await asyncio.sleep(0)
    if end:
        channel.close()
    else:
        channel.put(7)
    assert await asyncio.wait_for(reading, 10) == (None if end else 7)


# -- the wakeup -------------------------------------------------------------------------------


@pytest.mark.looptime
async def test_a_wakeup_remembers_one_call_and_times_out() -> None:
    loop = asyncio.get_running_loop()
    wakeup = Wakeup()
    wakeup.set()
    wakeup.set()
    await wakeup.wait()
    assert loop.time() == 0
    await wakeup.wait(5)
    assert loop.time() == pytest.approx(5)
    waiting = asyncio.ensure_future(wakeup.wait(100))
    await asyncio.sleep(1)
    wakeup.set()
    await waiting
    assert loop.time() == pytest.approx(6)
    # The timer of the wait before must not end this one.
    await wakeup.wait(200)
    assert loop.time() == pytest.approx(206)


@pytest.mark.looptime
async def test_a_cancelled_wait_does_not_break_the_next() -> None:
    wakeup = Wakeup()
    waiting = asyncio.ensure_future(wakeup.wait())
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    wakeup.set()
    await asyncio.wait_for(wakeup.wait(), 1)


@pytest.mark.looptime
async def test_everybody_who_waits_is_woken() -> None:
    """Both the drain and the feeding of a track wait for the same room."""
    wakeup = Wakeup()
    waiting = [asyncio.ensure_future(wakeup.wait()) for _ in range(2)]
    await asyncio.sleep(0)
    wakeup.set()
    await asyncio.wait_for(asyncio.gather(*waiting), 1)
