"""A listener that leaves it to a handler's steps what a turn is."""

from __future__ import annotations

import numpy as np
import pytest

from gradio_webrtc.turns.app_state import AppState
from gradio_webrtc.turns.custom_pause import CustomPauseListener
from gradio_webrtc.turns.detection.speech_events import SpeechStarted, TurnEnded

pytestmark = pytest.mark.asyncio

RATE = 8_000


class Steps:
    """Speech is what is loud; a turn ends with what is silent."""

    def __init__(self) -> None:
        self.state = AppState()

    def process_audio(self, audio: tuple[int, np.ndarray], state: AppState) -> None:
        state.sampling_rate, samples = audio
        if samples.max() > 0:
            state.started_talking = True
            held = [] if state.stream is None else [state.stream]
            state.stream = np.concatenate([*held, samples[0]])
        else:
            state.pause_detected = state.started_talking


def frame(level: int) -> tuple[int, np.ndarray]:
    return RATE, np.full((1, RATE // 10), level, np.int16)


async def test_a_turn_begins_and_ends_when_the_steps_say_so():
    steps = Steps()
    listener = CustomPauseListener(steps, 1)
    assert await listener.hear(frame(0)) == []
    [began] = await listener.hear(frame(7))
    assert isinstance(began, SpeechStarted)
    assert began.time == pytest.approx(0.2)
    assert await listener.hear(frame(8)) == []
    assert listener.speech_s == pytest.approx(0.2)
    assert listener.turn_so_far(RATE // 10)[0].tolist() == [8] * (RATE // 10)
    assert listener.silence_left_s is None
    assert await listener.absent(60) == []
    [ended] = await listener.hear(frame(0))
    assert isinstance(ended, TurnEnded)
    assert ended.paused
    assert ended.utterance.shape == (1, RATE // 5)
    assert (ended.utterance[0, 0], ended.utterance[0, -1]) == (7, 8)
    assert ended.speech_s > 1, "however short, it counts"
    assert steps.state.stream is None
    assert listener.turn_so_far().shape == (1, 0)
    assert listener.end_turn() is None
    await listener.aclose()


async def test_a_turn_may_be_ended_resumed_and_forgotten():
    steps = Steps()
    listener = CustomPauseListener(steps, 1)
    assert not listener.resume_turn()
    await listener.hear(frame(7))
    ended = listener.end_turn()
    assert ended is not None
    assert not ended.paused
    assert listener.resume_turn()
    assert await listener.hear(frame(8)) == [], "it had begun before"
    assert listener.speech_s == pytest.approx(0.2)
    listener.reset()
    assert listener.speech_s == 0
    assert not listener.resume_turn()
    await listener.aclose()
    await listener.aclose()


async def test_nothing_said_is_still_a_turn():
    class Bell(Steps):
        def process_audio(self, audio: tuple[int, np.ndarray], state: AppState) -> None:
            state.pause_detected = True

    listener = CustomPauseListener(Bell(), 2)
    [ended] = await listener.hear(frame(0))
    assert isinstance(ended, TurnEnded)
    assert ended.utterance.shape == (2, 0)
    await listener.aclose()


async def test_what_the_steps_raise_is_raised():
    class Broken(Steps):
        def process_audio(self, audio: tuple[int, np.ndarray], state: AppState) -> None:
            raise KeyError("broken")

    listener = CustomPauseListener(Broken(), 1)
    with pytest.raises(KeyError, match="broken"):
        await listener.hear(frame(0))
    await listener.aclose()
