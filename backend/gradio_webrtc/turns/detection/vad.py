"""The seam between turn taking and what detects voice activity."""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias, TypedDict, runtime_checkable

import numpy as np
from numpy.typing import NDArray


@runtime_checkable
class VoiceActivityDetector(Protocol):
    """Scores one connection's audio, window by window, in order, on one thread at a time.

    Attributes:
        sample_rate: in Hz, of the windows.
        window_samples: how many samples a window has.

    A detector may also have ``silence``, the peak in 16-bit units up to which nothing can be
    speech to it. After half a second of that it is not asked until there is more. And it may have
    ``lookback``: the number of windows after which it has found its way again. Then it is not asked
    about steady background noise either, and is given so many windows again before the next.
    """

    sample_rate: int
    window_samples: int

    def probability(self, window: NDArray[np.float32]) -> float:
        """Return how likely it is, from 0 to 1, that somebody speaks in ``window``.

        Args:
            window: mono, shape ``(window_samples,)``, in [-1, 1]; continues the window before it.
        """
        ...

    def reset(self) -> None:
        """Forget what came before."""
        ...

    def close(self) -> None:
        """Give back what the detector holds; it is not used again."""
        ...


@runtime_checkable
class VoiceActivityModel(Protocol):
    """Makes a detector for each connection."""

    def detector(self) -> VoiceActivityDetector:
        """Return a fresh detector. Called off the event loop."""
        ...


class SpeechSegment(TypedDict):
    """Where speech is in what a ``PauseDetectionModel`` was given, in samples."""

    start: int
    end: int


ModelOptions: TypeAlias = Any
"""What a ``PauseDetectionModel`` takes as ``options``: whatever its author likes."""


@runtime_checkable
class PauseDetectionModel(Protocol):
    """A detector as published: it is given a stretch of audio and says how much of it is speech."""

    def vad(
        self, audio: tuple[int, NDArray[np.int16] | NDArray[np.float32]], options: ModelOptions
    ) -> tuple[float, list[SpeechSegment]]:
        """Return the seconds of speech in ``audio``, and where it is.

        Args:
            audio: ``(sample_rate in Hz, mono samples of shape (samples,))``.
            options: what the author passed as ``model_options``.
        """
        ...

    def warmup(self) -> None:
        """Load what is needed, so that the first ``vad`` is fast."""
        ...
