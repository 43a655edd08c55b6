"""Where speech really ended: a detector goes on for a while after it, its hangover. Pure."""

from __future__ import annotations

from collections import deque

import numpy as np

from gradio_webrtc.media.audio.pcm import Int16Array

LONGEST_HANGOVER_S = 0.16
"""For how long at most a detector is taken to have gone on by itself. Silero does for one to three
windows of 32 ms after clean speech, and up to five with noise 10 dB below it."""
NOISE_FLOOR_S = 2.0
"""The quietest moment of this long is the noise floor: people who speak pause more often."""
ABOVE_NOISE_FLOOR = 2.0
"""Audio is more than background noise from twice its level, 6 dB, which is more than noise varies
from one window to the next."""
SILENT = 10.0
"""Level, in 16-bit units, that is silence in any case: -70 dB of full scale."""


class Hangover:
    """Tells the last windows that are still called speech, but hold only background noise.

    Silence ends a turn, so a detector that is late makes every reply late. Speech that is not above
    the noise floor is held back, for ``LONGEST_HANGOVER_S`` at most and only after something
    louder. If more speech follows it was speech; if not, it was the detector's hangover.

    Args:
        sample_rate: in Hz.
    """

    def __init__(self, sample_rate: int) -> None:
        self._longest = round(LONGEST_HANGOVER_S * sample_rate)
        self._floor_samples = NOISE_FLOOR_S * sample_rate
        self._levels: deque[tuple[float, int]] = deque()
        self._received = 0
        self._held_back: list[tuple[int, int]] = []
        self._armed = False

    @property
    def holds_back(self) -> bool:
        """Whether what came last may yet prove to be speech."""
        return bool(self._held_back)

    def above_noise_floor(self, samples: Int16Array) -> bool:
        """Take the next window and return whether it is louder than the background."""
        level = _level(samples)
        # Only levels that may yet be the lowest are kept: the rest have a lower one after them.
        self._received += samples.shape[1]
        while self._levels and self._levels[-1][0] >= level:
            self._levels.pop()
        self._levels.append((level, self._received))
        while self._levels[0][1] <= self._received - self._floor_samples:
            self._levels.popleft()
        return level > max(SILENT, ABOVE_NOISE_FLOOR * self._levels[0][0])

    def push(self, start: int, stop: int, *, speech: bool, loud: bool) -> list[tuple[int, int]]:
        """Return the windows, as ``(start, stop)``, that are speech now that this one is known."""
        if not speech:
            self._held_back = []
            return []
        self._held_back.append((start, stop))
        self._armed = loud or (self._armed and stop - self._held_back[0][0] <= self._longest)
        if self._armed and not loud:
            return []
        known, self._held_back = self._held_back, []
        return known

    def reset(self) -> None:
        """Forget what was held back."""
        self._held_back = []
        self._armed = False


def _level(samples: Int16Array) -> float:
    """Return the root mean square without the direct current of cheap microphones."""
    signal = samples[0].astype(np.float32)
    signal -= signal.mean()
    return float(np.sqrt(np.dot(signal, signal) / max(1, len(signal))))
