"""An author's ``on_turn`` is called where its kind of code runs, and what it raises is logged."""

from __future__ import annotations

import asyncio
import threading

import pytest

from gradio_webrtc import TurnTimings
from gradio_webrtc.turns.timing.turn_calls import TurnCalls

pytestmark = pytest.mark.asyncio


def turn(number: int) -> TurnTimings:
    return TurnTimings(str(number), 0.0, True, 1.0, 0.5)


async def test_sync_code_runs_on_a_thread_and_async_code_on_the_loop_in_order() -> None:
    where: list[threading.Thread] = []
    told: list[str] = []

    def on_turn(timings: TurnTimings) -> None:
        where.append(threading.current_thread())
        told.append(timings.webrtc_id)

    async def slow(timings: TurnTimings) -> None:
        await asyncio.sleep(0.1)
        on_turn(timings)

    for fn in (on_turn, slow):
        calls = TurnCalls(fn)
        for number in range(3):
            calls.tell(turn(number))
        await calls.aclose()
        await calls.aclose()
    assert told == ["0", "1", "2"] * 2
    assert where[0] is not threading.main_thread()
    assert where[3] is threading.main_thread()


async def test_what_it_raises_is_logged_and_the_next_turn_is_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    told: list[str] = []

    def on_turn(timings: TurnTimings) -> None:
        told.append(timings.webrtc_id)
        raise SystemExit("no more turns")

    calls = TurnCalls(on_turn)
    calls.tell(turn(1))
    calls.tell(turn(2))
    await calls.aclose()
    assert told == ["1", "2"]
    assert "on_turn failed" in caplog.text
    assert "no more turns" in caplog.text
