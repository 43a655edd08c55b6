"""The one shape of a handler, and what it may ask for."""

from __future__ import annotations

import dataclasses
from typing import get_args

import pytest

from gradio_webrtc.handlers.protocol import AudioFormat, Modality, Mode, TurnLog


def test_a_handler_that_says_nothing_gets_mono_at_48_khz() -> None:
    assert AudioFormat() == AudioFormat(sample_rate=48_000, layout="mono")


def test_a_format_does_not_change_once_it_is_known() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        AudioFormat().sample_rate = 8_000  # type: ignore[misc] # that is what is refused


def test_modes_modalities_and_turn_events_are_those_that_are_published() -> None:
    assert get_args(Mode) == ("send-receive", "send", "receive")
    assert get_args(Modality) == ("audio", "video", "audio-video")
    assert set(get_args(TurnLog)) == {
        "listening",
        "started_talking",
        "pause_detected",
        "response_starting",
        "interrupted",
        "response_ended",
    }
