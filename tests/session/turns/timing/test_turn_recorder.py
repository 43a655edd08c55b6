"""Everybody who wants a connection's timings gets them, and each connection has its own."""

from __future__ import annotations

import pytest

from gradio_webrtc import TurnTimings
from gradio_webrtc.turns.timing.turn_feed import TURN_FEED
from tests.support.scripted_conversation import Replier, ScriptedReply, Talk

pytestmark = pytest.mark.looptime


async def test_the_process_is_told_of_the_turns_of_all_connections() -> None:
    told: list[TurnTimings] = []
    TURN_FEED.subscribe(told.append)
    handler = ScriptedReply(Replier(0.2))
    ids = []
    try:
        for _ in range(2):
            async with Talk(handler) as talk:
                await talk.asks(7)
                await talk.passes(1.0)
                ids.append(talk.session.webrtc_id)
    finally:
        TURN_FEED.unsubscribe(told.append)
    assert [turn.webrtc_id for turn in told] == ids
    assert handler._turn_recorder is None, "what was configured is no connection's"
