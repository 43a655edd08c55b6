"""Where speech really ended: a detector goes on for a while after the last sound. Pure."""

from __future__ import annotations

from collections import deque

import numpy as np

from gradio_webrtc.media.audio.pcm import Int16Array

LAG_S = 0.16
"""For how long at most a detector is taken to have gone on by itself. Silero does for one to three
windows of 32 ms after clean speech, and up to five with noise 10 dB below it."""
FLOOR_S = 2.0
"""The quietest moment of this long is the background: people who speak pause more often."""
ABOVE_FLOOR = 2.0
"""A sound is more than the background from twice its level, 6 dB, which is more than noise varies
from one window to the next."""
SILENT = 10.0
"""Level, in 16-bit units, that is silence in any case: -70 dB of full scale."""


class Hangover:
    """Tells the last windows that are still called speech, but in which nothing is heard any more.

    Silence ends a turn, so a detector that is late makes every reply late. Speech in which only the
    background is heard is set aside, for ``LAG_S`` at most and only after something louder. If
    more speech follows it was speech; if not, it was the detector's lag.

    Args:
        sample_rate: in Hz.
    """

    def __init__(self, sample_rate: int) -> None:
        self._longest = round(LAG_S * sample_rate)
        self._floor_samples = FLOOR_S * sample_rate
        self._levels: deque[tuple[float, int]] = deque()
        self._heard = 0
        self._aside: list[tuple[int, int]] = []
        self._armed = False

    def listen(self, samples: Int16Array) -> bool:
        """Take the next window and return whether more than the background is heard in it."""
        level = _level(samples)
        # Only levels that may yet be the lowest are kept: the rest have a lower one after them.
        self._heard += samples.shape[1]
        while self._levels and self._levels[-1][0] >= level:
            self._levels.pop()
        self._levels.append((level, self._heard))
        while self._levels[0][1] <= self._heard - self._floor_samples:
            self._levels.popleft()
        return level > max(SILENT, ABOVE_FLOOR * self._levels[0][0])

    def push(self, start: int, stop: int, *, speech: bool, loud: bool) -> list[tuple[int, int]]:
        """Return the windows, as ``(start, stop)``, that are speech now that this one is known."""
        if not speech:
            self._aside = []
            return []
        self._aside.append((start, stop))
        self._armed = loud or (self._armed and stop - self._aside[0][0] <= self._longest)
        if self._armed and not loud:
            return []
        known, self._aside = self._aside, []
        return known

    def reset(self) -> None:
        """Forget what was set aside."""
        self._aside = []
        self._armed = False


def _level(samples: Int16Array) -> float:
    """Return the root mean square without the direct current of cheap microphones."""
    sound = samples[0].astype(np.float32)
    sound -= sound.mean()
    return float(np.sqrt(np.dot(sound, sound) / max(1, len(sound))))
