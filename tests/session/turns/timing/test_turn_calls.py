"""An author's ``on_turn``: called beside the conversation, in order, whatever it does."""

from __future__ import annotations

import asyncio
import logging

import pytest

from gradio_webrtc import ConfigurationError, ReplyOnPause, TurnTimings, get_current_context
from gradio_webrtc.turns.timing.turn_calls import MOST_WAITING, TurnCalls
from tests.support.scripted_conversation import Replier, ScriptedReply, Talk

pytestmark = pytest.mark.looptime


def turn(number: int) -> TurnTimings:
    return TurnTimings(str(number), 0.0, True, 1.0, 0.5)


async def test_one_that_hangs_holds_up_no_reply_and_no_ending(
    caplog: pytest.LogCaptureFixture,
) -> None:
    begun: list[TurnTimings] = []

    async def hang(timings: TurnTimings) -> None:
        begun.append(timings)
        await asyncio.Event().wait()

    calls = TurnCalls(hang)
    for number in range(MOST_WAITING + 10):
        calls.tell(turn(number))
    replier = Replier(0.2)
    async with Talk(ScriptedReply(replier, on_turn=hang)) as talk:
        for value in (1, 2, 3):
            await talk.asks(value)
            await talk.passes(1.0)
        closing_at = asyncio.get_running_loop().time()
    assert replier.asked == [1, 2, 3]
    assert len(begun) == 2, "one of each"
    with caplog.at_level(logging.WARNING):
        await calls.aclose()
    assert "was not called for 10 turns" in caplog.text
    assert asyncio.get_running_loop().time() - closing_at < 5


async def test_it_runs_in_the_sessions_context() -> None:
    ids: list[str] = []

    async def on_turn(_: TurnTimings) -> None:
        ids.append(get_current_context().webrtc_id)

    async with Talk(ScriptedReply(Replier(0.2), on_turn=on_turn)) as talk:
        await talk.asks(7)
        await talk.passes(1.0)
    assert ids == [talk.session.webrtc_id]


async def test_what_is_no_function_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="on_turn must be a function"):
        ReplyOnPause(Replier(), on_turn="print")  # type: ignore[arg-type]
