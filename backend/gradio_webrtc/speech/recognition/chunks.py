"""Recognising the parts of a recording in which somebody speaks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias, TypedDict, cast

import numpy as np
from numpy.typing import NDArray

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.speech.recognition.stt import STTModel
from gradio_webrtc.speech.registry import get_stt_model

Recording: TypeAlias = "tuple[int, NDArray[np.int16] | NDArray[np.float32]]"
"""``(sample_rate in Hz, array)``, as ``STTModel.stt`` takes it."""


class Chunk(TypedDict):
    """Where speech is, in samples, as ``PauseDetectionModel.vad`` says it."""

    start: int
    end: int


def stt(audio: Recording) -> str:
    """Return what is said in ``audio``, by the model that ``get_stt_model()`` gives.

    Raises:
        SpeechEngineError: there is none that can be loaded.
    """
    return get_stt_model().stt(audio)


def stt_for_chunks(
    stt_model: STTModel | Recording,
    audio: Recording | Sequence[Chunk],
    chunks: Sequence[Chunk] | None = None,
) -> str:
    """Return what is said in the chunks of ``audio``, joined by spaces.

    As published once, the model may be left out: ``stt_for_chunks(audio, chunks)``.

    Args:
        stt_model: recognises.
        audio: the samples the chunks count in, along the last axis.
        chunks: where speech is.

    Raises:
        ConfigurationError: these are no such arguments.
        SpeechEngineError: the model cannot be loaded.
    """
    model, recording, parts = _arguments(stt_model, audio, chunks)
    rate, samples = recording
    said = [model.stt((rate, samples[..., one["start"] : one["end"]])) for one in parts]
    return " ".join(said)


def _arguments(
    stt_model: STTModel | Recording,
    audio: Recording | Sequence[Chunk],
    chunks: Sequence[Chunk] | None,
) -> tuple[STTModel, Recording, Sequence[Chunk]]:
    if isinstance(stt_model, tuple) and not isinstance(audio, tuple) and chunks is None:
        return get_stt_model(), stt_model, audio
    if not isinstance(stt_model, tuple) and isinstance(audio, tuple) and chunks is not None:
        # A recording is a tuple, and a list of chunks is none.
        return stt_model, cast(Recording, audio), chunks
    raise ConfigurationError(
        "stt_for_chunks() takes a model, (sample_rate, array) and a list of chunks."
    )
