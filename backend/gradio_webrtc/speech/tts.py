"""The seam for text to speech."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Speech = tuple[int, NDArray[np.float32] | NDArray[np.int16]]
"""``(sample_rate in Hz, mono samples of shape (samples,))``."""


class TTSOptions:
    """What an engine's own options derive from."""


@runtime_checkable
class TTSModel(Protocol):
    """Turns text into speech. One model serves all connections, from any thread."""

    def tts(self, text: str, options: Any = None) -> Speech:
        """Return all of ``text`` spoken."""
        ...

    def stream_tts_sync(self, text: str, options: Any = None) -> Generator[Speech, None, None]:
        """Speak ``text`` piece by piece, the first one as soon as possible."""
        ...

    def stream_tts(self, text: str, options: Any = None) -> AsyncGenerator[Speech, None]:
        """Do the same as ``stream_tts_sync`` without blocking the event loop."""
        ...
