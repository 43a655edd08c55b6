"""The seam for speech to text."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from gradio_webrtc.speech.recognition.recognised import Recognised


@runtime_checkable
class STTModel(Protocol):
    """Turns speech into text. One model serves all connections, from any thread."""

    def stt(self, audio: tuple[int, NDArray[np.int16] | NDArray[np.float32]]) -> str:
        """Return what is said in ``audio``; an empty text when nothing is.

        Args:
            audio: ``(sample_rate in Hz, array)``, shape ``(samples,)`` or ``(channels, samples)``.
        """
        ...


@runtime_checkable
class TellsConfidence(STTModel, Protocol):
    """One that also tells how sure it is of what it recognised."""

    def recognised(self, audio: tuple[int, NDArray[np.int16] | NDArray[np.float32]]) -> Recognised:
        """Return what ``stt`` returns, and how sure it is of that."""
        ...
