"""The parts of a recording in which somebody speaks, recognised one by one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gradio_webrtc import ConfigurationError, get_silero_model, stt, stt_for_chunks
from gradio_webrtc.speech.recognition import chunks as chunks_module
from gradio_webrtc.speech.recognition.chunks import Chunk


class Lengths:
    """Understands how many samples it was given."""

    def stt(self, audio: tuple[int, Any]) -> str:
        return str(audio[1].shape[-1])


CHUNKS: list[Chunk] = [{"start": 10, "end": 30}, {"start": 40, "end": 45}]


@pytest.mark.parametrize("shape", [(100,), (1, 100)])
def test_each_chunk_is_recognised(shape: tuple[int, ...]):
    audio = (16_000, np.zeros(shape, np.int16))
    assert stt_for_chunks(Lengths(), audio, CHUNKS) == "20 5"


def test_without_a_model_the_best_one_recognises(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(chunks_module, "get_stt_model", Lengths)
    audio = (16_000, np.zeros(100, np.int16))
    assert stt_for_chunks(audio, CHUNKS) == "20 5"
    assert stt(audio) == "100"


def test_chunks_are_what_the_voice_detector_finds():
    _, found = get_silero_model().vad((16_000, np.zeros(16_000, np.int16)))
    assert stt_for_chunks(Lengths(), (16_000, np.zeros(16_000, np.int16)), found) == ""


def test_other_arguments_are_refused():
    with pytest.raises(ConfigurationError, match="a model, "):
        stt_for_chunks(Lengths(), CHUNKS)
