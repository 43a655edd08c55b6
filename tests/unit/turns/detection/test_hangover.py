"""A detector that goes on by itself does not delay the end of a turn."""

from __future__ import annotations

import numpy as np
import pytest

from gradio_webrtc.turns.detection.segmenter import SpeechSegmenter
from gradio_webrtc.turns.detection.speech_events import SpeechEvent, TurnEnded
from gradio_webrtc.turns.options import AlgoOptions

RATE, WINDOW = 1_000, 32


class Voice:
    def __init__(self, background: float) -> None:
        self.segmenter = SpeechSegmenter(RATE, 1, AlgoOptions())
        self.background = background
        self.generator = np.random.default_rng(1)
        self.now = 0
        self.push(0.0, background, 1.6)

    def push(self, probability: float, level: float, seconds: float) -> list[SpeechEvent]:
        events: list[SpeechEvent] = []
        for _ in range(round(seconds * RATE / WINDOW)):
            samples = self.generator.normal(0, level, (1, WINDOW)).astype(np.int16)
            events += self.segmenter.push(samples, probability)
            self.now += WINDOW
        return events

    def over_after(self, lag: float) -> float:
        """Speak, let the detector lag, and return how long after the speech the turn was over."""
        self.push(0.95, 20 * self.background + 3_000, 0.96)
        end = self.now
        events = self.push(0.95, self.background, lag)
        while not events:
            events = self.push(0.0, self.background, WINDOW / RATE)
        assert isinstance(events[0], TurnEnded)
        return (self.now - end) / RATE


@pytest.mark.parametrize("background", [0, 5, 100])
@pytest.mark.parametrize("lag", [0.0, 0.032, 0.096, 0.16])
def test_a_lagging_detector_delays_nothing(background: float, lag: float) -> None:
    assert 0.5 < Voice(background).over_after(lag) <= 0.55


def test_what_goes_on_for_longer_was_speech() -> None:
    assert 0.8 < Voice(100).over_after(0.32) <= 0.87


def test_soft_speech_followed_by_more_speech_counts() -> None:
    voice = Voice(100)
    voice.push(0.95, 3_000, 0.64)
    for _ in range(12):
        assert not voice.push(0.95, 100, 0.128)
        assert not voice.push(0.95, 3_000, 0.032)
    assert voice.segmenter.speech_s == pytest.approx(0.64 + 12 * 0.16, abs=0.07)


def test_speech_as_soft_as_the_background_is_speech() -> None:
    voice = Voice(300)
    voice.push(0.95, 300, 3.2)
    assert voice.segmenter.speaking
    assert voice.segmenter.speech_s == pytest.approx(3.2, abs=0.05)


def test_direct_current_is_not_loud() -> None:
    segmenter = SpeechSegmenter(RATE, 1, AlgoOptions())
    quiet = np.full((1, WINDOW), 2_000, np.int16)
    loud = quiet + np.random.default_rng(1).normal(0, 3_000, (1, WINDOW)).astype(np.int16)
    events = []
    for samples, probability, count in [
        (quiet, 0.0, 5),
        (loud, 0.9, 30),
        (quiet, 0.9, 5),
        (quiet, 0.0, 11),
    ]:
        for _ in range(count):
            events += segmenter.push(samples, probability)
    assert isinstance(events[-1], TurnEnded)


def test_what_may_be_a_hangover_makes_a_pause_uncertain() -> None:
    voice = Voice(100.0)
    voice.push(0.9, 3_000.0, 0.96)
    spoken_until = voice.now / RATE
    voice.push(0.9, 100.0, 0.096)
    pause = voice.segmenter.pause()
    assert pause is not None
    assert pause.uncertain
    voice.push(0.0, 100.0, 0.096)
    pause = voice.segmenter.pause()
    assert pause is not None
    assert not pause.uncertain
    assert (pause.since, pause.seconds) == pytest.approx((spoken_until, 0.192))
