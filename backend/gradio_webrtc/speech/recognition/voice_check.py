"""Whether there is a voice at all in what is to be recognised, as the voice detector sees it."""

from __future__ import annotations

import numpy as np

from gradio_webrtc.media.audio.pcm import Float32Array
from gradio_webrtc.speech.silero_library import WINDOW_SAMPLES, NativeDetector, load_detector

FAINT = 0.25
LIKELY = 0.7
CERTAIN = 0.95
"""Mean probability of the likeliest windows. Over 400 synthetic words and sentences, down to 30 dB
below full scale, it was below 0.92 once, at 0.8; of 112 in white noise 5 dB below them, 6 were
below 0.7, and one below 0.25. Over 1200 noises (six seeds of `proof/hearing.py`) it was above 0.25
for every seventeenth and above 0.7 for some knocks and chords, at most 0.89. What lies between is
left to the words that come of it."""
_WINDOWS = 4
"""Of 32 ms each: the shortest vowel of "no" fills them, a knock does not."""
_PEAK = 0.3
"""Everything is brought to this peak: the detector does not hear a very quiet voice."""
_MOST_GAIN = 100.0
"""40 dB, so that the last bits of a silent microphone are not made into something."""
_MAX_IDLE = 4


class VoiceCheck:
    """Tells audio with a voice from audio without. Thread-safe; keeps the detectors it loaded."""

    def __init__(self) -> None:
        self._idle: list[NativeDetector] = []

    def likelihood(self, samples: Float32Array) -> float:
        """Return how likely somebody speaks in ``samples``, shape ``(n,)`` at 16 kHz, from 0 to 1.

        Below ``FAINT`` nobody does, from ``CERTAIN`` on somebody.

        Raises:
            ConfigurationError: the detector cannot be loaded.
        """
        # Popping and appending are atomic, asking first whether there is one is not.
        try:
            native = self._idle.pop()
        except IndexError:
            native = load_detector()
        found = _likelihood(native, samples)
        native.reset()
        if len(self._idle) < _MAX_IDLE:
            self._idle.append(native)
        return found


def _likelihood(native: NativeDetector, samples: Float32Array) -> float:
    peak = float(np.abs(samples).max(initial=0.0))
    if peak == 0.0:
        return 0.0
    windows = -(-samples.size // WINDOW_SAMPLES)
    filled = np.zeros(windows * WINDOW_SAMPLES, np.float32)
    filled[: samples.size] = samples * min(_PEAK / peak, _MOST_GAIN)
    likeliest = [0.0] * _WINDOWS
    for window in filled.reshape(windows, WINDOW_SAMPLES):
        likeliest = sorted([*likeliest, native.process(window.data)])[1:]
        if likeliest[0] >= CERTAIN:
            break
    return sum(likeliest) / _WINDOWS
