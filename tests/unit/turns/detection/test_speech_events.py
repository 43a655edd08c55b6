"""The beginnings and ends of turns, as values."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from gradio_webrtc.turns.detection.speech_events import SpeechStarted, TurnEnded


def test_a_turn_ends_with_a_pause_unless_it_is_said_otherwise() -> None:
    ended = TurnEnded(np.zeros((1, 10), np.int16), 0.5, 2.0)
    assert ended.paused
    assert ended.start == 0.0


def test_events_do_not_change() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        SpeechStarted(1.0).time = 2.0  # type: ignore[misc] # that is what is refused
    assert SpeechStarted(1.0) == SpeechStarted(1.0)
