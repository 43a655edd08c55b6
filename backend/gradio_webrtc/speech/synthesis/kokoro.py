"""Kokoro, a small model that speaks naturally, run by onnxruntime.

Files and signature are those of the ONNX export ``onnx-community/Kokoro-82M-v1.0-ONNX``: phonemes
of at most 510 symbols and a voice's style for that many of them go in, audio at 24 kHz comes out.
The phonemes are espeak-ng's, as in the model's own pipeline for what its dictionary lacks.
"""

from __future__ import annotations

import json
import math
import os
import re
import threading
from collections.abc import AsyncGenerator, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gradio_webrtc.errors import ConfigurationError, SpeechEngineError
from gradio_webrtc.media.audio.pcm import Float32Array
from gradio_webrtc.speech.model_files import cached_file, model_file
from gradio_webrtc.speech.onnx_model import check_inputs, onnxruntime, open_model
from gradio_webrtc.speech.speech_notes import noted
from gradio_webrtc.speech.synthesis.async_speech import as_async_stream
from gradio_webrtc.speech.synthesis.espeak_library import espeak_library
from gradio_webrtc.speech.synthesis.full_scale import within_full_scale
from gradio_webrtc.speech.synthesis.phonemes import phonemes, with_english_sounds
from gradio_webrtc.speech.synthesis.prefetch import prefetched
from gradio_webrtc.speech.synthesis.sentences import clauses_first
from gradio_webrtc.speech.synthesis.tts import TTSOptions, check_text, checked_options

SAMPLE_RATE = 24_000
REPOSITORY = "onnx-community/Kokoro-82M-v1.0-ONNX"
MODEL, TOKENIZER = "onnx/model.onnx", "tokenizer.json"

_MOST_SYMBOLS = 510
_STYLE = 256
_LONGEST_TEXT = 200
"""Characters that are spoken at a time; their phonemes never come near the model's limit."""
_PAUSE_S = 1 / 7
"""Between sentences, as published."""


@dataclass
class KokoroTTSOptions(TTSOptions):
    """How Kokoro speaks.

    Attributes:
        voice: such as ``"af_heart"``, ``"am_michael"``, ``"bf_emma"``; the first letter is the
            accent, the second ``f`` or ``m``.
        speed: from 0.5 to 2.
        lang: how the text is pronounced: a language of espeak-ng, such as ``"en-us"``, ``"en-gb"``,
            ``"fr-fr"``. It should be the voice's.

    Raises:
        ConfigurationError: values that cannot work.
    """

    voice: str = "af_heart"
    speed: float = 1.0
    lang: str = "en-us"

    def __post_init__(self) -> None:
        """Check the values."""
        if not isinstance(self.voice, str) or not re.fullmatch(r"\w+", self.voice):
            raise ConfigurationError(f"voice must be a voice's name, not {self.voice!r}.")
        if not (math.isfinite(self.speed) and 0.5 <= self.speed <= 2.0):
            raise ConfigurationError(f"speed must be from 0.5 to 2, not {self.speed!r}.")


@dataclass(frozen=True)
class _Parts:
    session: Any
    tokens: str
    symbols: dict[str, int]


class KokoroTTS:
    """Text to speech by Kokoro. One serves all connections, from any thread.

    Speech comes as ``(24000, float32 of shape (samples,))``, a sentence at a time.
    """

    def __init__(
        self,
        options: KokoroTTSOptions | None = None,
        *,
        folder: str | os.PathLike[str] | None = None,
        model: str = MODEL,
    ) -> None:
        """Speak with ``options`` where a call brings none. Nothing is loaded yet.

        Args:
            options: voice, speed and language.
            folder: has the model's files, under the names they have in the repository; otherwise
                they are fetched on first use.
            model: which of the repository's models; ``"onnx/model_quantized.onnx"`` is a quarter
                as large and a little hoarse.
        """
        self._options = checked_options(KokoroTTSOptions, "kokoro", options) or KokoroTTSOptions()
        self._source = REPOSITORY if folder is None else folder
        self._model = model
        self._lock = threading.Lock()
        self._parts: _Parts | None = None
        self._voices: dict[str, Float32Array] = {}

    def load(self) -> None:
        """Load the model and the voice now, fetching them if need be.

        Raises:
            MissingExtraError: onnxruntime is not installed.
            ModelDownloadError: a file cannot be fetched.
            SpeechEngineError: the files are not those of this model.
        """
        self._loaded()
        self._voice(self._options.voice)

    def tts(self, text: str, options: KokoroTTSOptions | None = None) -> tuple[int, Float32Array]:
        """Return all of ``text`` spoken; nothing speakable gives no samples.

        Raises:
            ConfigurationError: ``text`` is no text, or espeak-ng does not know the language.
            SpeechEngineError: as ``load``, or there is no such voice.
        """
        pieces = [samples for _, samples in noted(text, self._spoken(text, options))]
        return SAMPLE_RATE, np.concatenate(pieces) if pieces else np.zeros(0, np.float32)

    def stream_tts_sync(
        self, text: str, options: KokoroTTSOptions | None = None
    ) -> Generator[tuple[int, Float32Array], None, None]:
        """Speak ``text`` sentence by sentence; raises as ``tts`` does.

        While one sentence is played, the next is made, and none after that.
        """
        yield from noted(text, prefetched(self._spoken(text, options)))

    def _spoken(
        self, text: str, options: KokoroTTSOptions | None
    ) -> Generator[tuple[str, int, Float32Array], None, None]:
        check_text(text)
        chosen = checked_options(KokoroTTSOptions, "kokoro", options) or self._options
        parts, voice = self._loaded(), self._voice(chosen.voice)
        pause = 0
        for piece in clauses_first(text, _LONGEST_TEXT):
            symbols = _symbols_of(parts, piece.text, chosen.lang)
            if symbols:
                spoken = _speak(parts, symbols, voice, chosen.speed)
                sound = np.concatenate([np.zeros(pause, np.float32), spoken])
                yield piece.text, SAMPLE_RATE, sound
                pause = round(SAMPLE_RATE * _PAUSE_S) if piece.ends_sentence else 0

    def stream_tts(
        self, text: str, options: KokoroTTSOptions | None = None
    ) -> AsyncGenerator[tuple[int, Any], None]:
        """Speak ``text`` sentence by sentence on a thread of its own; raises as ``tts`` does."""
        return as_async_stream(self.stream_tts_sync(text, options))

    def _loaded(self) -> _Parts:
        with self._lock:
            if self._parts is None:
                self._parts = _load(self._source, self._model)
            return self._parts

    def _voice(self, name: str) -> Float32Array:
        with self._lock:
            if name not in self._voices:
                path = model_file(self._source, f"voices/{name}.bin")
                styles = np.fromfile(path, np.float32)
                if styles.size == 0 or styles.size % _STYLE:
                    raise SpeechEngineError(f"{path} is no voice of this model.")
                self._voices[name] = styles.reshape(-1, 1, _STYLE)
            return self._voices[name]


def files_are_here() -> bool:
    """Whether all files of this model were fetched once. Asks no network."""
    files = (MODEL, TOKENIZER, f"voices/{KokoroTTSOptions().voice}.bin")
    return all(cached_file(REPOSITORY, name) is not None for name in files)


def _load(source: str | os.PathLike[str], model: str) -> _Parts:
    onnxruntime("tts")  # before the files are fetched
    path, vocabulary = model_file(source, model), model_file(source, TOKENIZER)
    session = open_model(path, "tts")
    inputs = [given.name for given in session.get_inputs()]
    # The export by the makers of kokoro-onnx calls them otherwise.
    tokens = "tokens" if "tokens" in inputs else "input_ids"
    check_inputs(session, path, [tokens, "style", "speed"])
    return _Parts(session, tokens, _symbols(vocabulary))


def _symbols(path: Path) -> dict[str, int]:
    try:
        return {
            str(s): int(n) for s, n in json.loads(path.read_text("utf-8"))["model"]["vocab"].items()
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SpeechEngineError(f"{path} is no tokenizer of this model: {error!r}") from error


def _symbols_of(parts: _Parts, text: str, language: str) -> list[int]:
    """Return the numbers of the symbols of ``text``; none if there is no sound in it."""
    said = phonemes(espeak_library(), text, language)
    if language.startswith("en"):
        said = with_english_sounds(said)
    known = [symbol for symbol in said if symbol in parts.symbols]
    if not any(symbol.isalpha() for symbol in known):
        return []
    return [parts.symbols[symbol] for symbol in known[:_MOST_SYMBOLS]]


def _speak(parts: _Parts, symbols: list[int], voice: Float32Array, speed: float) -> Float32Array:
    given = {
        parts.tokens: np.array([[0, *symbols, 0]], np.int64),
        "style": voice[min(len(symbols), len(voice) - 1)],
        "speed": np.array([speed], np.float32),
    }
    return within_full_scale(np.asarray(parts.session.run(None, given)[0], np.float32))
