"""When audio that stopped counts as silence, and after how much of it a turn ends."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradio_webrtc.turns.detection.audio_clock import GRACE_S, TOLERANCE_S, AudioClock
from gradio_webrtc.turns.detection.segmenter import SpeechSegmenter
from gradio_webrtc.turns.detection.speech_events import TurnEnded
from gradio_webrtc.turns.options import AlgoOptions

RATE = 1_000


def test_before_the_first_audio_nothing_is_missing() -> None:
    clock = AudioClock()
    assert clock.due(0.5) is None
    assert clock.returned(100.0, 0.02) == 0


def test_what_is_left_passes_from_the_last_audio_on() -> None:
    clock = AudioClock()
    clock.taken(10.0)
    assert clock.due(0.5) == 10.5
    assert clock.due(0.1) == 10.0 + TOLERANCE_S
    assert clock.fill(10.5) == 0.5
    assert clock.due(0.05) == pytest.approx(10.55)
    clock.taken(12.0)
    assert clock.due(0.5) == 12.5


def test_only_a_long_gap_is_filled_when_audio_returns() -> None:
    clock = AudioClock()
    clock.taken(10.0)
    assert clock.returned(10.9, 0.02) == 0
    assert clock.returned(13.0, 0.02) == pytest.approx(2.98)
    # A gap that the decoder has filled already is none.
    assert clock.returned(13.0, 2.9) == 0
    clock.fill(12.9)
    assert clock.returned(13.0, 0.02) == 0


def test_a_process_that_stood_still_takes_nothing_for_silence_yet() -> None:
    clock = AudioClock()
    clock.taken(10.0)
    assert clock.forgives(10.5, 10.51) is None
    assert clock.forgives(10.5, 14.0) == pytest.approx(14.0 + GRACE_S)
    due = clock.due(0.5)
    assert due is not None
    assert due <= 14.0 + GRACE_S
    # A machine that is always late ends turns all the same.
    assert clock.forgives(14.1, 15.0) is None
    clock.taken(15.0)
    assert clock.forgives(15.5, 16.0) is not None


@settings(max_examples=150, deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.booleans(), st.integers(1, 40)).map(lambda s: (0.9 * s[0], s[1])),
        min_size=1,
        max_size=30,
    ),
    algo=st.sampled_from(
        [
            AlgoOptions(),
            AlgoOptions(silence_ms=200),
            AlgoOptions(audio_chunk_duration=2.0, speech_threshold=0.5),
            AlgoOptions(speech_threshold=0.0),
        ]
    ),
    measured=st.booleans(),
)
def test_a_turn_ends_after_exactly_the_silence_that_is_left(
    steps: list[tuple[float, int]], algo: AlgoOptions, measured: bool
) -> None:
    segmenter = SpeechSegmenter(RATE, 1, algo)
    for probability, count in steps:
        for _ in range(count):
            samples = np.ones((1, 32), np.int16)
            if measured:
                segmenter.push_measured(samples, algo.audio_chunk_duration * probability)
            else:
                segmenter.push(samples, probability)
    left = segmenter.silence_left_s
    assert (left is None) == (not segmenter.speaking)
    if left is None:
        assert segmenter.push_silence(np.zeros((1, 5_000), np.int16)) == []
        return
    before = round(left * RATE) - 1
    if before > 0:
        assert segmenter.push_silence(np.zeros((1, before), np.int16)) == []
    (event,) = segmenter.push_silence(np.zeros((1, 3), np.int16))
    assert isinstance(event, TurnEnded)
    assert event.paused
    assert segmenter.silence_left_s is None
