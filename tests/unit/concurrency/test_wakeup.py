"""The latch that wakes all who wait."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from gradio_webrtc.concurrency.wakeup import Wakeup

pytestmark = pytest.mark.looptime


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


async def test_a_cancelled_wait_does_not_break_the_next() -> None:
    wakeup = Wakeup()
    waiting = asyncio.ensure_future(wakeup.wait())
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    wakeup.set()
    await asyncio.wait_for(wakeup.wait(), 1)


async def test_everybody_who_waits_is_woken() -> None:
    """Both the drain and the feeding of a track wait for the same room."""
    wakeup = Wakeup()
    waiting = [asyncio.ensure_future(wakeup.wait()) for _ in range(2)]
    await asyncio.sleep(0)
    wakeup.set()
    await asyncio.wait_for(asyncio.gather(*waiting), 1)


async def test_short_waits_share_a_timer_and_end_at_their_own_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loop, wakeup, timers = asyncio.get_running_loop(), Wakeup(), []
    call_at = loop.call_at

    def counted(*args: Any, **kwargs: Any) -> asyncio.TimerHandle:
        timers.append(args)
        return call_at(*args, **kwargs)

    monkeypatch.setattr(loop, "call_at", counted)
    for _ in range(100):
        waiting = asyncio.ensure_future(wakeup.wait(0.08))
        await asyncio.sleep(0)
        loop.call_later(0.01, wakeup.set)
        await waiting
    assert loop.time() == pytest.approx(1.0)
    assert len(timers) - 100 < 20
    both = asyncio.ensure_future(wakeup.wait(0.09)), asyncio.ensure_future(wakeup.wait())
    await both[0]
    assert loop.time() == pytest.approx(1.09)
    await asyncio.sleep(10)
    assert not both[1].done()
    both[1].cancel()
