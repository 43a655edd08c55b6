"""A person at the microphone who says what a test wants, and the ears of one who listens."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.browser.pages import AUDIBLE, PATIENCE, Component
from tests.browser.spoken_audio import ENVELOPE_STEP, RATE, write_wav
from tests.support import synthetic_speech
from tests.support.chromium import FLAGS

BEFORE = 1.0
"""Seconds of silence before the first word: the connection may take as long to carry sound."""


def microphone(path: Path, *said: str | float, speed: float = 0.8) -> tuple[str, ...]:
    """Write what the microphone hears, over and over, and return the browser's flags for it.

    Args:
        path: the WAV file to write.
        said: sentences, and seconds of silence between and after them. What follows the last
            sentence is what a test has before the first one is said again.
        speed: of the voice; 1 is 175 words a minute.
    """
    parts = [np.zeros(round(BEFORE * RATE))]
    for part in said:
        if isinstance(part, str):
            parts.append(synthetic_speech.say(part, "en-us", RATE, speed=speed) / 32768)
        else:
            parts.append(np.zeros(round(part * RATE)))
    write_wav(path, np.concatenate(parts))
    return (*FLAGS, f"--use-file-for-fake-audio-capture={path}")


class TurnListener:
    """Speech to text that understands what a test wants, at once."""

    def __init__(self, words: str) -> None:
        self.words = words

    def stt(self, audio: object) -> str:
        return self.words


def listen(component: Component, seconds: float) -> float:
    """Return how many of the next seconds something is heard."""
    levels = component.record(seconds).envelope()
    return float(np.count_nonzero(levels > AUDIBLE)) * ENVELOPE_STEP


def hear(component: Component, seconds: float = 2 * PATIENCE) -> None:
    """Wait until something is said: a tenth of a second of sound, which one word exceeds."""
    component.visit.until(lambda: listen(component, 1) > 0.1, "a voice", seconds)
