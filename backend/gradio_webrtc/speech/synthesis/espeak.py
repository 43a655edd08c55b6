"""The built-in voice: espeak-ng, offline, a hundred languages, robotic and at once."""

from __future__ import annotations

import math
from collections.abc import AsyncGenerator, Generator
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.media.audio.pcm import Int16Array
from gradio_webrtc.speech.speech_notes import noted
from gradio_webrtc.speech.synthesis.async_speech import as_async_stream
from gradio_webrtc.speech.synthesis.espeak_library import EspeakLibrary, espeak_library
from gradio_webrtc.speech.synthesis.sentences import sentences, speakable
from gradio_webrtc.speech.synthesis.tts import TTSOptions, check_text, checked_options

_WORDS_A_MINUTE = 175
"""espeak-ng's own default; it takes 80 to 450."""


@dataclass(frozen=True)
class EspeakTTSOptions(TTSOptions):
    """How the built-in voice speaks.

    Attributes:
        voice: a language, such as ``"en-us"``, ``"de"`` or ``"cmn"``, and optionally a variant of
            the voice after ``+``: ``m1`` to ``m8``, ``f1`` to ``f5``, ``croak``, ``whisper``.
        speed: 1 is 175 words a minute; from 0.5 to 2.5.
        pitch: from 0 to 99.
        pitch_range: from 0, monotone, to 99.
        volume: from 0 to 200; 100 is normal, beyond it may clip.
        word_gap_ms: a pause between words, in milliseconds, up to 1000.

    Raises:
        ConfigurationError: a value outside these bounds.
    """

    voice: str = "en-us"
    speed: float = 1.0
    pitch: int = 50
    pitch_range: int = 50
    volume: int = 100
    word_gap_ms: int = 0

    def __post_init__(self) -> None:
        """Check the values."""
        if not isinstance(self.voice, str) or not self.voice:
            raise ConfigurationError(f"voice must name a voice, not {self.voice!r}.")
        limits = {
            "speed": (0.5, 2.5),
            "pitch": (0, 99),
            "pitch_range": (0, 99),
            "volume": (0, 200),
            "word_gap_ms": (0, 1000),
        }
        for name, (lowest, highest) in limits.items():
            value = getattr(self, name)
            if not (math.isfinite(value) and lowest <= value <= highest):
                raise ConfigurationError(
                    f"{name} must be from {lowest:g} to {highest:g}, not {value!r}."
                )

    def parameters(self) -> dict[str, int]:
        """Return the values as espeak-ng takes them."""
        return {
            "rate": round(self.speed * _WORDS_A_MINUTE),
            "volume": round(self.volume),
            "pitch": round(self.pitch),
            "range": round(self.pitch_range),
            "word_gap": round(self.word_gap_ms / 10),
        }


class EspeakTTS:
    """Text to speech by espeak-ng. One serves all connections, from any thread.

    Speech comes as ``(22050, int16 of shape (samples,))``, a sentence at a time: what is not asked
    for is not spoken, so closing a stream early leaves nothing running.
    """

    def __init__(self, options: EspeakTTSOptions | None = None) -> None:
        """Speak with ``options`` where a call brings none. Nothing is loaded yet."""
        self._options = checked_options(EspeakTTSOptions, "espeak", options) or EspeakTTSOptions()

    def load(self) -> None:
        """Load the library now (about a millisecond) instead of with the first words.

        Raises:
            SpeechEngineError: it is not installed, or cannot be loaded.
        """
        espeak_library()

    def voices(self) -> list[str]:
        """Return the languages that can be spoken."""
        return espeak_library().voices()

    def tts(self, text: str, options: EspeakTTSOptions | None = None) -> tuple[int, Int16Array]:
        """Return all of ``text`` spoken; nothing speakable gives no samples.

        Raises:
            ConfigurationError: ``text`` is no text, or there is no such voice.
            SpeechEngineError: the library cannot be loaded, or failed.
        """
        return self.tts_by(espeak_library(), text, options)

    def tts_by(
        self, library: EspeakLibrary, text: str, options: EspeakTTSOptions | None = None
    ) -> tuple[int, Int16Array]:
        """Return all of ``text`` spoken by ``library``; see :meth:`tts`."""
        pieces = [samples for _, samples in noted(text, self._spoken(library, text, options))]
        return library.sample_rate, np.concatenate(pieces) if pieces else np.zeros(0, np.int16)

    def stream_tts_sync(
        self, text: str, options: EspeakTTSOptions | None = None
    ) -> Generator[tuple[int, Int16Array], None, None]:
        """Speak ``text`` sentence by sentence; raises as ``tts`` does."""
        yield from noted(text, self._spoken(espeak_library(), text, options))

    def stream_tts(
        self, text: str, options: EspeakTTSOptions | None = None
    ) -> AsyncGenerator[tuple[int, Any], None]:
        """Speak ``text`` sentence by sentence on a thread of its own; raises as ``tts`` does."""
        return as_async_stream(self.stream_tts_sync(text, options))

    def _spoken(
        self, library: EspeakLibrary, text: str, options: EspeakTTSOptions | None
    ) -> Generator[tuple[str, int, Int16Array], None, None]:
        check_text(text)
        chosen = checked_options(EspeakTTSOptions, "espeak", options) or self._options
        pieces = [piece for piece in sentences(text) if speakable(piece)]
        for number, piece in enumerate(pieces, 1):
            samples = library.speak(
                piece, chosen.voice, chosen.parameters(), pause_after=number < len(pieces)
            )
            if samples.size:
                yield piece, library.sample_rate, samples
