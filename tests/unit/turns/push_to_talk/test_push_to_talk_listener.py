"""A listener that hands over to a button."""

from __future__ import annotations

import math

import numpy as np

from gradio_webrtc.turns.detection.speech_events import SpeechDropped, SpeechStarted, TurnEnded
from gradio_webrtc.turns.push_to_talk.push_to_talk_listener import PushToTalkListener
from tests.support.scripted_conversation import ScriptedTurnListener

RATE = 16_000


def frame(seconds: float, level: int = 4_000, rate: int = RATE, channels: int = 1) -> tuple:  # type: ignore[type-arg]
    return rate, np.full((channels, round(seconds * rate)), level, np.int16)


async def test_until_a_button_is_used_nothing_is_different() -> None:
    found = ScriptedTurnListener()
    listener = PushToTalkListener(found, RATE, 1)
    found.hears(SpeechStarted(1.0))
    found.speech_s = 0.4
    assert await listener.hear(frame(0.02)) == [SpeechStarted(1.0)]
    assert (listener.speech_s, listener.silence_left_s) == (0.4, 0.5)
    assert await listener.absent(0.1) == []
    assert listener.silence_left_s == 0.4
    ended = listener.end_turn()
    assert ended is not None
    assert ended.speech_s == 0.4
    assert listener.resume_turn()
    listener.reset()
    assert found.resets == 1
    await listener.aclose()
    assert found.closed == 1


async def test_from_then_on_only_the_button_counts() -> None:
    found = ScriptedTurnListener()
    listener = PushToTalkListener(found, RATE, 1)
    found.speech_s = 0.4
    listener.button(False)
    (dropped,) = await listener.hear(frame(0))
    assert isinstance(dropped, SpeechDropped)
    assert found.resets == 1
    listener.button(True)
    assert listener.speech_s == math.inf
    (started,) = await listener.hear(frame(0))
    assert isinstance(started, SpeechStarted)
    assert not listener.resume_turn()
    for _ in range(10):  # any rate and layout
        await listener.hear(frame(0.1, rate=48_000, channels=2))
    listener.button(False)
    assert listener.speech_s == 0
    assert listener.silence_left_s is not None
    (ended,) = await listener.absent(0.3)
    assert isinstance(ended, TurnEnded)
    assert ended.utterance.shape[0] == 1
    assert abs(ended.utterance.shape[1] - RATE) < RATE / 50
    assert listener.end_turn() is None
    assert found.frames == 0
