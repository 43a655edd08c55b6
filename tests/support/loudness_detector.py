"""A detector and a spotter that go by loudness, for tests that write their own sound."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np

from gradio_webrtc.speech.keywords.spotter import SPOTTER_RATE, Spotted

RATE = 16_000
SPEECH, WORD = 6_000, 16_000
"""How loud speech is, and the stop word in it."""


class LoudDetector:
    sample_rate = RATE
    window_samples = 512

    def probability(self, window: np.ndarray) -> float:
        return float(np.abs(window).max() > 0.1)

    def reset(self) -> None:
        """Nothing is remembered."""

    def close(self) -> None:
        """Nothing is held."""


class LoudModel:
    """A ``KeywordModel``: whatever is very loud is the stop word, once it is over."""

    def __init__(self) -> None:
        self.threads: set[threading.Thread] = set()
        self.heard = 0.0
        self.closed = 0

    def check(self, stop_words: Sequence[str]) -> None:
        """All of them can be heard."""

    def spotter(self, stop_words: Sequence[str]) -> LoudSpotter:
        self.threads.add(threading.current_thread())
        return LoudSpotter(self, stop_words[0])


class LoudSpotter:
    def __init__(self, model: LoudModel, word: str) -> None:
        self.model = model
        self.word = word
        self.begin()

    def begin(self) -> None:
        self.sound = np.zeros(0, np.int16)

    def hear(self, samples: np.ndarray) -> Spotted | None:
        self.model.heard += samples.size / SPOTTER_RATE
        self.sound = np.concatenate([self.sound, samples])
        loud = np.flatnonzero(self.sound > 10_000)
        if loud.size and loud[-1] < self.sound.size - 100:
            return Spotted(self.word, float(loud[-1] + 1) / SPOTTER_RATE)
        return None

    def finish(self) -> Spotted | None:
        return self.hear(np.zeros(200, np.int16))

    def close(self) -> None:
        self.model.closed += 1
