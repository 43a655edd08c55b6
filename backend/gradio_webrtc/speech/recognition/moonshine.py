"""Moonshine, a small and accurate model of English speech, run by onnxruntime."""

from __future__ import annotations

import math
import os
import threading
from typing import Any

import numpy as np

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.media.audio.pcm import Float32Array, Int16Array, to_float32
from gradio_webrtc.speech.onnx_model import onnxruntime
from gradio_webrtc.speech.recognition.hallucinations import believable
from gradio_webrtc.speech.recognition.model_audio import cut_where_quiet, mono_at
from gradio_webrtc.speech.recognition.moonshine_files import REPOSITORIES, find_files
from gradio_webrtc.speech.recognition.moonshine_files import files_are_here as files_are_here
from gradio_webrtc.speech.recognition.moonshine_model import MoonshineModel, load_model
from gradio_webrtc.speech.recognition.moonshine_vocabulary import text_of
from gradio_webrtc.speech.recognition.recent_transcripts import RecentTranscripts
from gradio_webrtc.speech.recognition.recognised import Recognised, joined
from gradio_webrtc.speech.recognition.voice_check import FAINT, VoiceCheck

SAMPLE_RATE = 16_000

_TOKENS_A_SECOND = 6.5
"""Nobody speaks faster. A model that got into a loop is stopped there, as its authors advise."""
_SPARE_TOKENS, _MOST_TOKENS = 8, 192
_LONGEST = 30 * SAMPLE_RATE
"""What the model was trained on; longer audio is cut where it is quietest shortly before."""
_CUT_IN = 5 * SAMPLE_RATE
_SHORTEST = SAMPLE_RATE // 10
"""Less than a tenth of a second holds no word."""
_EDGE = SAMPLE_RATE // 2
"""Put before and after: of audio shorter than a second the model makes loops ("no no no no"), and
of words that begin at once others."""
_NOISE = 3.0 / 32_768
"""RMS of the faint noise in it, -81 dB. Over 75 short utterances of espeak-ng 29 came out otherwise
than spoken without edges, 17 with digital silence and 13 with this noise."""
_QUIET, _LEVEL, _MOST_GAIN = 0.1, 0.3, 100.0
"""Audio with a lower peak is brought to this one. At -30 dB 18 of the same 75 came out otherwise
so, and 23 as they were."""


class MoonshineSTT:
    """Speech to text by Moonshine. One serves all connections, from any thread."""

    def __init__(
        self,
        model: str = "moonshine/base",
        *,
        folder: str | os.PathLike[str] | None = None,
        check_voice: bool = True,
    ) -> None:
        """Recognise with ``model``. Nothing is loaded yet.

        Args:
            model: ``"moonshine/base"`` (62 million parameters) or ``"moonshine/tiny"`` (27).
            folder: has the model's files, under the names they have in the repository or in the
                package ``moonshine-voice``; otherwise they are taken from that package where it is
                installed and has the model, else fetched on first use.
            check_voice: transcribe only what the embedded voice detector takes for a voice. Without
                it, noise is answered with words such as "You".

        Raises:
            ConfigurationError: no such model.
        """
        if model not in REPOSITORIES:
            raise ConfigurationError(
                f"There is no model {model!r}; there are: {', '.join(REPOSITORIES)}."
            )
        self._name, self._folder = model, folder
        self._voices = VoiceCheck() if check_voice else None
        self._recent: RecentTranscripts[Recognised] = RecentTranscripts()
        self._lock = threading.Lock()
        self._model: MoonshineModel | None = None

    def load(self) -> None:
        """Load the model now, fetching it if need be, instead of with the first utterance.

        Raises:
            MissingExtraError: onnxruntime is not installed.
            ModelDownloadError: a file cannot be fetched.
            SpeechEngineError: the files are not those of this model.
        """
        self._loaded()

    def stt(self, audio: tuple[int, Any]) -> str:
        """Return what is said in ``audio``, English, with capitals and punctuation; maybe ``""``.

        Args:
            audio: ``(sample_rate in Hz, int16 or float32)``, shape ``(samples,)`` or ``(channels,
                samples)``, any rate and length. Half a minute at a time is recognised.

        Raises:
            MediaFormatError: ``audio`` is something else.
            SpeechEngineError: as ``load``, or the model failed.
        """
        return self.recognised(audio).text

    def recognised(self, audio: tuple[int, Any]) -> Recognised:
        """Return the same with how sure the model is of it; takes and raises the same."""
        samples = mono_at(SAMPLE_RATE, audio)
        if samples.size < _SHORTEST or not samples.any():
            return joined([])
        return self._recent.text_of(samples, lambda: self._recognise(samples))

    def _recognise(self, samples: Int16Array) -> Recognised:
        model = self._loaded()
        said = [self._said(model, to_float32(piece)) for piece in _pieces(samples)]
        return joined(said)

    def _said(self, model: MoonshineModel, piece: Float32Array) -> Recognised:
        padded = _with_edges(_audible(piece))
        voice = 1.0 if self._voices is None else self._voices.likelihood(padded)
        if voice < FAINT:
            return joined([])
        seconds = piece.size / SAMPLE_RATE
        most = min(_SPARE_TOKENS + math.ceil(seconds * _TOKENS_A_SECOND), _MOST_TOKENS)
        found = model.recognise(padded, most)
        text = text_of(found.tokens, model.pieces)
        said = believable(text, found.confidence, seconds, ended=found.ended, voice=voice)
        return Recognised(said, found.confidence)

    def _loaded(self) -> MoonshineModel:
        with self._lock:
            if self._model is None:
                onnxruntime("stt")  # before the files are fetched
                self._model = load_model(find_files(self._name, self._folder))
            return self._model


def _audible(samples: Float32Array) -> Float32Array:
    peak = float(np.abs(samples).max())
    louder: Float32Array = samples * np.float32(min(_LEVEL / peak, _MOST_GAIN) if peak else 1.0)
    return louder if peak < _QUIET else samples


def _with_edges(samples: Float32Array) -> Float32Array:
    # The same noise each time, so that the same audio gives the same words.
    noise = np.random.default_rng(0).normal(0.0, _NOISE, samples.size + 2 * _EDGE)
    padded: Float32Array = noise.astype(np.float32)
    padded[_EDGE : _EDGE + samples.size] += samples
    return padded


def _pieces(samples: Int16Array) -> list[Int16Array]:
    pieces = cut_where_quiet(samples, _LONGEST, _CUT_IN, SAMPLE_RATE // 10)
    return [piece for piece in pieces if piece.size >= _SHORTEST]
