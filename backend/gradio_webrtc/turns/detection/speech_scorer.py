"""What a ``Listener`` asks about each step of the audio, whichever kind of detector answers.

Scorers run on the listener's thread; the segmenter they feed is used on the event loop.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Protocol, cast

import numpy as np

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.media.audio.interpolation import half_width
from gradio_webrtc.media.audio.pcm import Float32Array, Int16Array, Pcm, remix, to_float32
from gradio_webrtc.media.audio.resampler import StreamResampler
from gradio_webrtc.turns.detection.vad import (
    PauseDetectionModel,
    VoiceActivityDetector,
    VoiceActivityModel,
)
from gradio_webrtc.turns.options import AlgoOptions

VadSource = VoiceActivityModel | PauseDetectionModel | Callable[[], VoiceActivityDetector]
"""What authors may pass as ``model``; the last is a class or function that makes detectors."""

MEASURES_PER_WINDOW = 4
"""How often a ``PauseDetectionModel`` is run while its window slides on by its own length: it
computes the whole window anew each time, so more often would cost too much."""


_SPARE = 2
"""Samples by which what a resampler gives for a window may fall short."""


class SpeechScorer(Protocol):
    """Scores the audio of one connection step by step.

    Attributes:
        measures: whether the answers are seconds of speech in the window rather than
            probabilities.
        silence: peak up to which a step is silence, in 16-bit units, so that after some of them it
            need not be asked; 0: it has to be asked about silence too.
        lookback: how many of the steps that were left out have to be heard again, where steady
            background may be left out too; 0: it has to be asked about that.
    """

    measures: bool
    silence: int
    lookback: int

    def load(self) -> None:
        """Prepare; once, before anything else."""
        ...

    def boundary(self, index: int) -> int:
        """Return where step ``index`` ends, in samples of the audio; known once loaded."""
        ...

    def score(self, samples: Int16Array) -> float:
        """Return the answer for the next step, samples of shape ``(channels, n)``."""
        ...

    def score_all(self, steps: Sequence[Int16Array]) -> list[float]:
        """Return the answers for the next steps, as ``score`` would for one after the other."""
        ...

    def skipped(self, again: Sequence[Int16Array]) -> None:
        """Take note that it was not asked about the steps before the next one.

        Args:
            again: the last of them; empty where they were silence.
        """
        ...

    def absent(self, samples: int) -> None:
        """Take note that no audio came for so many samples, which is silence."""
        ...

    def reset(self) -> None:
        """Forget what came before."""
        ...

    def close(self) -> None:
        """Give back what is held."""
        ...


class DetectorScorer:
    """Asks a ``VoiceActivityDetector`` about each of its windows."""

    measures = False
    silence = 0
    lookback = 0

    def __init__(self, make: Callable[[], VoiceActivityDetector], sample_rate: int) -> None:
        self._make = make
        self._rate = sample_rate
        self._detector: VoiceActivityDetector | None = None
        self._left_over: Float32Array = np.zeros(0, np.float32)

    def load(self) -> None:
        """Make the detector."""
        self._detector = detector = self._make()
        self._size = int(detector.window_samples)
        self._detector_rate = int(detector.sample_rate)
        self.silence = int(getattr(detector, "silence", 0))
        self.lookback = int(getattr(detector, "lookback", 0))
        self._begin()

    def boundary(self, index: int) -> int:
        """Return where window ``index`` ends."""
        return (index + 1) * self._size * self._rate // self._detector_rate

    def score(self, samples: Int16Array) -> float:
        """Return the probability for a window."""
        return self.score_all([samples])[0]

    def score_all(self, steps: Sequence[Int16Array]) -> list[float]:
        """Return the probability for each window.

        They are resampled together: to do it one by one takes twice the time, for the same samples.
        """
        assert self._detector is not None
        joined = steps[0] if len(steps) == 1 else np.concatenate(steps, axis=1)
        ready = self._resampler.push(Pcm(self._rate, joined))
        signal = np.concatenate([self._left_over, to_float32(ready)[0]])
        ends = range(self._size, (len(steps) + 1) * self._size, self._size)
        self._left_over = signal[ends[-1] :]
        return [float(self._detector.probability(signal[end - self._size : end])) for end in ends]

    def skipped(self, again: Sequence[Int16Array]) -> None:
        """Go on after what was left out: the detector hears the end of it.

        Of silence it need not: that is all that is in the resampler too.
        """
        if again:
            self._begin()
            self.score_all(again)
        elif self._rate != self._detector_rate:
            self._left_over = np.zeros(_SPARE, np.float32)

    def absent(self, samples: int) -> None:
        """Start afresh: what comes does not continue what was."""
        self.reset()

    def reset(self) -> None:
        """Let the detector forget."""
        assert self._detector is not None
        self._detector.reset()
        self._begin()

    def close(self) -> None:
        """Close the detector."""
        if self._detector is not None:
            self._detector.close()

    def _begin(self) -> None:
        self._resampler = StreamResampler(self._detector_rate, 1)
        self._left_over = np.zeros(self._lag(), np.float32)

    def _lag(self) -> int:
        """Samples of silence that come first, so that there is always a whole window.

        The resampler holds a millisecond or two back, and where the rates do not divide it gives a
        sample more or less for a window.
        """
        if self._rate == self._detector_rate:
            return 0
        ratio = self._detector_rate / self._rate
        return math.ceil(half_width(ratio) * ratio) + _SPARE


class ModelScorer:
    """Runs a ``PauseDetectionModel`` over the last ``audio_chunk_duration`` seconds."""

    measures = True
    silence = lookback = 0

    def __init__(
        self, model: PauseDetectionModel, options: Any, sample_rate: int, algo: AlgoOptions
    ) -> None:
        self._model = model
        self._options = options
        self._rate = sample_rate
        self._length = max(1, round(algo.audio_chunk_duration * sample_rate))
        self._window: Int16Array = np.zeros(self._length, np.int16)

    def load(self) -> None:
        """Warm the model up."""
        self._model.warmup()

    def boundary(self, index: int) -> int:
        """Return where step ``index`` ends."""
        return max(index + 1, (index + 1) * self._length // MEASURES_PER_WINDOW)

    def score(self, samples: Int16Array) -> float:
        """Return the seconds of speech in the window that ends with ``samples``."""
        count = samples.shape[1]
        self._window = np.concatenate([self._window[count:], remix(samples, 1)[0]])
        seconds, _ = self._model.vad((self._rate, self._window.copy()), self._options)
        return float(seconds)

    def score_all(self, steps: Sequence[Int16Array]) -> list[float]:
        """Return the seconds of speech for each step."""
        return [self.score(samples) for samples in steps]

    def skipped(self, again: Sequence[Int16Array]) -> None:
        """Not called: it has to be asked about everything."""

    def absent(self, samples: int) -> None:
        """Slide on over silence."""
        kept = self._window[min(samples, self._length) :]
        self._window = np.concatenate([kept, np.zeros(self._length - kept.size, np.int16)])

    def reset(self) -> None:
        """Start from silence."""
        self._window = np.zeros(self._length, np.int16)

    def close(self) -> None:
        """Nothing is held."""


def make_scorer(
    source: VadSource, options: Any, sample_rate: int, algo: AlgoOptions
) -> DetectorScorer | ModelScorer:
    """Return the scorer for what an author passed as ``model``.

    Raises:
        ConfigurationError: it is none of ``VadSource``.
    """
    if not isinstance(source, type):
        if isinstance(source, VoiceActivityModel):
            return DetectorScorer(source.detector, sample_rate)
        if isinstance(source, PauseDetectionModel):
            return ModelScorer(source, options, sample_rate, algo)
    if callable(source):
        return DetectorScorer(cast("Callable[[], VoiceActivityDetector]", source), sample_rate)
    raise ConfigurationError(
        f"Expected model to have detector(), or vad() and warmup(), or to be a class or function "
        f"that makes a VoiceActivityDetector for each connection; got {type(source).__name__}."
    )
