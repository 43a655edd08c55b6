"""A handler's settings reach the conversation of each connection."""

from __future__ import annotations

from typing import Any

import pytest

from gradio_webrtc import AlgoOptions, ReplyOnPause
from gradio_webrtc.turns.detection.listener import Listener
from tests.support.scripted_conversation import Replier, ScriptedReply, Talk

pytestmark = pytest.mark.looptime


class Hasty(ScriptedReply):
    """Counts the listeners it makes."""

    made = 0

    def _make_turn_listener(self) -> Any:
        type(self).made += 1
        return super()._make_turn_listener()


async def test_a_connection_has_one_conversation_however_often_it_is_asked_for() -> None:
    handler = Hasty(Replier(0.2))
    async with Talk(handler) as talk:
        await talk.asks(7)
        await talk.passes(1)
        await talk.asks(8)
        await talk.passes(1)
    assert Hasty.made == 1
    assert talk.listener.closed == 1
    assert handler._conversation is None, "what was configured is no connection's"


async def test_turns_end_and_utterances_sound_as_the_handler_was_told() -> None:
    algo = AlgoOptions(silence_ms=320)
    handler = ReplyOnPause(
        Replier(), algo_options=algo, expected_layout="stereo", input_sample_rate=16_000
    )
    listener = handler._make_turn_listener()
    assert isinstance(listener, Listener)
    await listener.hear((16_000, listener.turn_so_far()[:, :0]))
    assert listener.turn_so_far().shape == (2, 0)
    assert listener.segmenter.silence_left_s is None
    await listener.aclose()
