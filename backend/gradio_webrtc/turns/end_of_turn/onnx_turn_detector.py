"""End-of-turn models that decide from audio, run by onnxruntime.

Two published signatures are known, and models of one's own may have either:

- Smart Turn 3 (``pipecat-ai/smart-turn-v3``): ``input_features``, Whisper's log-mel features of
  the last 8 seconds, shape ``(batch, 80, 800)``; shorter audio has zeros before it.
- Smart Turn 2: ``input_values``, the standardised waveform, shape ``(batch, samples)``, with an
  ``attention_mask``; shorter audio has zeros behind it, which the mask excludes.

Both give one probability that the speaker has finished.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gradio_webrtc.errors import ConfigurationError, SpeechEngineError
from gradio_webrtc.media.audio.pcm import Float32Array, to_float32
from gradio_webrtc.speech.model_files import model_file
from gradio_webrtc.speech.onnx_model import onnxruntime, open_model
from gradio_webrtc.speech.recognition.model_audio import mono_at
from gradio_webrtc.turns.end_of_turn.log_mel import HOP, SAMPLE_RATE, log_mel, standardised

REPOSITORY, FILE = "pipecat-ai/smart-turn-v3", "smart-turn-v3.2-cpu.onnx"

_FEATURES_S, _WAVEFORM_S = 8.0, 16.0
"""What Smart Turn 3 and 2 were trained on."""

Inputs = dict[str, Any]


@dataclass(frozen=True)
class _Model:
    session: Any
    inputs: Callable[[Float32Array], Inputs]


class OnnxTurnDetector:
    """A :class:`TurnDetector` that asks an ONNX model. One serves all connections, any thread.

    Smart Turn 3 takes about 30 ms of one core for a question.
    """

    def __init__(
        self,
        source: str | os.PathLike[str] = REPOSITORY,
        *,
        file: str = FILE,
        window_s: float | None = None,
        threads: int = 1,
    ) -> None:
        """Ask the model in ``source``. Nothing is loaded yet.

        Args:
            source: an ``.onnx`` file, a folder with ``file``, or a repository of the model hub
                that has it, from which it is fetched on first use.
            file: the model's name in the folder or repository.
            window_s: how many of the last seconds the model is given, where it does not say
                itself; 8 for features and 16 for a waveform unless given.
            threads: for one question.

        Raises:
            ConfigurationError: values that cannot work.
        """
        if threads < 1:
            raise ConfigurationError(f"threads must be 1 or more, not {threads!r}.")
        if window_s is not None and not 0.1 <= window_s <= 60:
            raise ConfigurationError(f"window_s must be from 0.1 to 60, not {window_s!r}.")
        self._source, self._file = source, file
        self._window_s, self._threads = window_s, threads
        self._lock = threading.Lock()
        self._model: _Model | None = None

    def load(self) -> None:
        """Load the model now, fetching it if need be, instead of at the first pause.

        Raises:
            MissingExtraError: onnxruntime is not installed.
            ModelDownloadError: the file cannot be fetched.
            SpeechEngineError: it is no model of a known signature; the text says what it takes.
        """
        self._loaded()

    def finished(self, utterance: tuple[int, Any]) -> float:
        """Return how likely it is, from 0 to 1, that the person has finished.

        Args:
            utterance: what was said since the turn began, ``(sample_rate in Hz, int16 of shape (1,
                samples))``; only the model's last seconds count.

        Raises:
            MediaFormatError: ``utterance`` is something else.
            SpeechEngineError: as ``load``, or the model's answer is no probability.
        """
        model = self._loaded()
        samples = to_float32(mono_at(SAMPLE_RATE, utterance))
        answer = np.asarray(model.session.run(None, model.inputs(samples))[0], np.float64)
        if answer.size != 1 or not 0.0 <= answer.item() <= 1.0:
            raise SpeechEngineError(
                f"Expected one probability from the model; got {answer.ravel()[:4].tolist()}."
            )
        return float(answer.item())

    def _loaded(self) -> _Model:
        with self._lock:
            if self._model is None:
                onnxruntime("turn")  # before the file is fetched
                path = Path(self._source)
                if not path.is_file():
                    path = model_file(self._source, self._file)
                session = open_model(path, "turn", threads=self._threads)
                self._model = _Model(session, _inputs_for(session, path, self._window_s))
            return self._model


def _inputs_for(
    session: Any, path: Path, window_s: float | None
) -> Callable[[Float32Array], Inputs]:
    """Return what makes the model's inputs of audio, after looking at what it takes."""
    shapes = {given.name: list(given.shape) for given in session.get_inputs()}
    masked = "attention_mask" in shapes
    named = [name for name in shapes if name != "attention_mask"]
    shape = shapes[named[0]] if len(named) == 1 else []
    if len(shape) == 3 and isinstance(shape[1], int) and not masked:
        frames = _size(shape[2], (window_s or _FEATURES_S) * SAMPLE_RATE / HOP)
        return _features(named[0], shape[1], frames)
    if len(shape) == 2:
        samples = _size(shape[1], (window_s or _WAVEFORM_S) * SAMPLE_RATE)
        return _waveform(named[0], samples, masked)
    raise SpeechEngineError(
        f"{path} is no end-of-turn model of a known kind. Expected one input with log-mel features "
        "(batch, bands, frames), or a waveform (batch, samples) with or without attention_mask; "
        f"it takes {shapes}."
    )


def _size(said: Any, otherwise: float) -> int:
    return said if isinstance(said, int) else round(otherwise)


def _features(name: str, bands: int, frames: int) -> Callable[[Float32Array], Inputs]:
    def inputs(samples: Float32Array) -> Inputs:
        window = standardised(_last(samples, frames * HOP))
        return {name: log_mel(window, bands)[np.newaxis]}

    return inputs


def _waveform(name: str, length: int, masked: bool) -> Callable[[Float32Array], Inputs]:
    def inputs(samples: Float32Array) -> Inputs:
        if not masked:
            return {name: standardised(_last(samples, length))[np.newaxis]}
        recent = samples[-length:]
        given = np.zeros((2, length), np.float32)
        given[0, : recent.size] = standardised(recent) if recent.size else recent
        given[1, : recent.size] = 1.0
        return {name: given[:1], "attention_mask": given[1:].astype(np.int64)}

    return inputs


def _last(samples: Float32Array, length: int) -> Float32Array:
    """Return the last ``length`` samples, with zeros before them where there are fewer."""
    recent = samples[-length:]
    return np.concatenate([np.zeros(length - recent.size, np.float32), recent])
