"""What is played to a caller, on the virtual clock: silenced at once, and counted when heard."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from gradio_webrtc.transports.telephone.played_marks import PATIENCE_S
from tests.session.transports.telephone.twilio import Call

pytestmark = pytest.mark.looptime


async def test_sound_is_paced_and_played_is_what_the_caller_has_heard() -> None:
    async with Call(latency_s=0.2) as call:
        call.emits(2.0)
        await call.passes(1.0)
        sent = call.sent("media")
        assert np.diff(sent).max() <= 0.021
        assert call.playback.played_s == pytest.approx(len(call.loud) * 0.02, abs=0.03)
        assert len(sent) * 0.02 > call.playback.played_s + 0.15
        on_its_way = len(sent) * 0.02 - call.playback.played_s
        assert call.playback.queued_s == pytest.approx(0.5 + on_its_way, abs=0.13)
        await call.passes(2.0)
        assert call.playback.played_s == pytest.approx(2.0, abs=0.003)
        assert call.playback.queued_s == pytest.approx(0.0, abs=0.003)
        assert len(call.loud) * 0.02 == pytest.approx(2.0, abs=0.03)


async def test_who_waits_for_the_first_of_it_is_told_when_the_caller_has_heard_it() -> None:
    async with Call(latency_s=0.2) as call:
        call.emits(2.0)
        began = call.now
        await asyncio.wait_for(call.playback.until_played(0.0), 1)
        assert call.now - began == pytest.approx(0.2, abs=0.05)
    async with Call(latency_s=1e9) as silent:
        silent.emits(0.5)
        began = silent.now
        await asyncio.wait_for(silent.playback.until_played(0.0), 10)
        assert silent.now - began == pytest.approx(PATIENCE_S, abs=0.05), "it gives no marks back"


@pytest.mark.parametrize("ways", [0.0, 0.05])
async def test_held_it_is_silent_at_once_and_goes_on_without_a_loss(ways: float) -> None:
    async with Call(latency_s=0.2, ways_s=ways) as call:
        call.emits(2.0)
        await call.passes(1.0)
        held_at = call.now
        call.playback.hold()
        await call.passes(1.0)
        assert call.sent("clear") == [held_at]
        assert call.loud[-1] <= held_at + ways + 0.02
        heard = len(call.loud) * 0.02
        # Whether a frame was played when the clear came is known to half a round trip and a frame.
        assert call.playback.played_s == pytest.approx(heard, abs=0.04)
        call.playback.hold()
        await call.passes(0.1)
        assert len(call.sent("clear")) == 1
        call.playback.release()
        await call.passes(2.5)
        assert len(call.loud) * 0.02 == pytest.approx(2.0, abs=0.05)
        assert call.playback.played_s == pytest.approx(2.0, abs=0.003)
        assert np.count_nonzero(np.diff(call.loud) > 0.05) == 1, "one pause"


async def test_cleared_it_is_silent_at_once_and_what_was_lost_does_not_count() -> None:
    async with Call(latency_s=0.2) as call:
        call.emits(2.0)
        await call.passes(1.0)
        cleared_at = call.now
        call.playback.clear()
        await call.passes(1.0)
        heard = len(call.loud) * 0.02
        assert call.sent("clear") == [cleared_at]
        assert call.loud[-1] <= cleared_at + 0.02
        assert call.playback.played_s == pytest.approx(heard, abs=0.03)
        call.emits(1.0)
        await call.passes(2.0)
        assert call.playback.played_s == pytest.approx(heard + 1.0, abs=0.03)


async def test_cleared_while_held_nothing_is_sent_again() -> None:
    async with Call(latency_s=0.2) as call:
        call.emits(2.0)
        await call.passes(1.0)
        call.playback.hold()
        await call.passes(0.5)
        call.playback.clear()
        call.playback.release()
        sent = len(call.sent("media"))
        await call.passes(1.0)
        assert len(call.sent("media")) == sent
        assert len(call.sent("clear")) == 1


async def test_who_hears_nothing_is_not_cleared() -> None:
    async with Call() as call:
        call.playback.hold()
        call.playback.clear()
        call.playback.release()
        await call.passes(0.2)
        assert call.socket.sent == []


async def test_drained_is_when_the_caller_has_heard_it() -> None:
    async with Call(latency_s=0.5) as call:
        call.emits(1.0)
        await call.passes(0.1)
        await asyncio.gather(call.playback.drain(), call.passes(3.0))
        draining = asyncio.ensure_future(call.playback.drain())
        await call.passes(0.02)
        assert draining.done()
        assert call.playback.played_s == pytest.approx(1.0, abs=0.003)


async def test_drained_waits_for_what_is_held() -> None:
    async with Call(latency_s=0.2) as call:
        call.emits(0.4)
        await call.passes(0.5)  # all of it is with Twilio
        call.playback.hold()
        draining = asyncio.ensure_future(call.playback.drain())
        await call.passes(2 * PATIENCE_S)
        assert not draining.done()
        call.playback.release()
        await call.passes(1.0)
        assert draining.done()
        assert len(call.loud) * 0.02 == pytest.approx(0.4, abs=0.04)


async def test_without_marks_what_was_sent_counts_a_little_later() -> None:
    async with Call(marks=False) as call:
        call.emits(1.0)
        await call.passes(PATIENCE_S - 0.1)
        assert call.playback.played_s == 0
        draining = asyncio.ensure_future(call.playback.drain())
        await call.passes(1.5)
        assert draining.done()
        assert call.playback.played_s == pytest.approx(1.0, abs=0.003)
