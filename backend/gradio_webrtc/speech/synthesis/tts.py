"""The seam for text to speech."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from typing import Any, Protocol, TypeVar, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from gradio_webrtc.errors import ConfigurationError

Speech = tuple[int, NDArray[np.float32] | NDArray[np.int16]]
"""``(sample_rate in Hz, mono samples of shape (samples,))``."""


class TTSOptions:
    """What an engine's own options derive from."""


Options = TypeVar("Options", bound=TTSOptions)


def checked_options(kind: type[Options], engine: str, options: Any) -> Options | None:
    """Return ``options``, which ``engine`` was called with.

    Raises:
        ConfigurationError: they are of another kind.
    """
    if options is None or isinstance(options, kind):
        return options
    raise ConfigurationError(
        f"The {engine} engine takes {kind.__name__}, not {type(options).__name__}."
    )


def check_text(text: Any) -> None:
    """Raise ``ConfigurationError`` if ``text`` is no text to speak."""
    if not isinstance(text, str):
        raise ConfigurationError(f"Expected a text to speak; got {type(text).__name__}.")


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
