"""A Piper voice's model, whole and in two parts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from gradio_webrtc.errors import SpeechEngineError
from gradio_webrtc.speech.synthesis.piper_model import PiperModel
from tests.support.tiny_piper import make_cut_piper, make_piper

SCALES = (0.5, 1.0, 0.8)
IDS = [1, 0, *range(3, 40), 2]


def whole(path: Path, **more: np.ndarray) -> np.ndarray:
    """Return what onnxruntime makes of the model as it is."""
    given = {
        "input": np.array([IDS]),
        "input_lengths": np.array([len(IDS)]),
        "scales": np.array(SCALES, np.float32),
        **more,
    }
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return session.run(None, given)[0].reshape(-1)


def test_parts_are_what_the_whole_would_be_without_seams(tmp_path: Path):
    path = make_cut_piper(tmp_path) / "tiny.onnx"
    parts = list(PiperModel(path).speak(IDS, SCALES, 0))
    assert [len(part) // 256 for part in parts] == [24, 72, 216, 488]
    assert np.concatenate(parts) == pytest.approx(whole(path), abs=1e-6)


def test_what_belongs_to_the_speaker_goes_to_every_part(tmp_path: Path):
    path = make_cut_piper(tmp_path, speakers=("ada", "bob")) / "tiny.onnx"
    parts = list(PiperModel(path).speak(IDS, (*SCALES,), 1))
    assert len(parts) == 4
    sound = np.concatenate(parts)
    assert sound[-1] == pytest.approx(
        0.9 + 0.1 * np.tanh(whole(path, sid=np.array([1]))[-1] * 10 - 9)
    )


def test_a_short_rest_is_no_part_of_its_own(tmp_path: Path):
    path = make_cut_piper(tmp_path) / "tiny.onnx"
    parts = [len(part) // 256 for part in PiperModel(path).speak([1, 0, 2], SCALES, 0)]
    assert parts == [24, 36]
    assert [len(p) // 256 for p in PiperModel(path).speak([1, 2], SCALES, 0)] == [40]


def test_a_model_that_cannot_be_cut_is_run_whole(tmp_path: Path):
    (only,) = PiperModel(make_piper(tmp_path) / "tiny.onnx").speak(IDS, SCALES, 0)
    assert len(only) == len(IDS) * 100


def test_samples_that_are_no_numbers_and_failures_are_typed_errors(tmp_path: Path):
    model = PiperModel(make_piper(tmp_path) / "tiny.onnx")
    with pytest.raises(SpeechEngineError, match="no numbers"):
        list(model.speak(IDS, (np.nan, 1, 1), 0))
    with pytest.raises(SpeechEngineError, match="do its two files belong together"):
        list(model.speak(IDS, (1, 1), 0))


def test_damaged_models_are_typed_errors(tmp_path: Path):
    path = make_cut_piper(tmp_path) / "tiny.onnx"
    data = path.read_bytes()
    for damaged in (b"", data[: len(data) // 2], b"\xff" * 100, b"\x08\x07 not a model"):
        path.write_bytes(damaged)
        with pytest.raises(SpeechEngineError, match=r"tiny\.onnx"):
            PiperModel(path)
