"""The loader of end-of-turn models, with tiny models of the published signatures."""

from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from gradio_webrtc import OnnxTurnDetector, TurnDetector
from gradio_webrtc.errors import (
    ConfigurationError,
    MediaFormatError,
    MissingExtraError,
    ModelDownloadError,
    SpeechEngineError,
)
from gradio_webrtc.turns.end_of_turn import onnx_turn_detector as module
from gradio_webrtc.turns.end_of_turn.log_mel import log_mel, standardised
from tests.support.tiny_speech_models import make_end_of_turn, make_masked_end_of_turn

RATE = 16_000


def signal(seconds: float) -> np.ndarray:
    k = np.arange(round(seconds * RATE))
    t = k / RATE
    tones = 0.3 * np.sin(2 * np.pi * (200 + 400 * t) * t) * (1 + np.sin(7 * t))
    return (tones + 0.05 * np.sin(0.37 * k**1.5)).astype(np.float32)


def spoken(seconds: float, rate: int = RATE) -> tuple[int, np.ndarray]:
    return rate, (signal(seconds) * 32767).astype(np.int16)[np.newaxis]


def sigmoid(value: float) -> float:
    return float(1 / (1 + np.exp(-value)))


def test_a_model_of_features_gets_the_last_eight_seconds_with_zeros_before(tmp_path: Path):
    detector = OnnxTurnDetector(make_end_of_turn(tmp_path / "turn.onnx"))
    assert isinstance(detector, TurnDetector)
    for seconds in (3.0, 8.0, 9.5):
        rate, samples = spoken(seconds)
        recent = samples[0, -8 * RATE :].astype(np.float32) / 32768
        window = np.pad(recent, (8 * RATE - recent.size, 0))
        expected = sigmoid(log_mel(standardised(window), 80)[-1, -1])
        assert detector.finished((rate, samples)) == pytest.approx(expected, abs=1e-4)


def test_other_rates_are_resampled(tmp_path: Path):
    detector = OnnxTurnDetector(make_end_of_turn(tmp_path / "turn.onnx"))
    low = detector.finished((RATE, np.full((1, 3 * RATE), 500, np.int16)))
    high = detector.finished((48_000, np.full((1, 9 * RATE), 500, np.int16)))
    assert high == pytest.approx(low, abs=0.05)


def test_a_model_of_waveforms_gets_them_standardised_with_zeros_before(tmp_path: Path):
    path = make_end_of_turn(tmp_path / "w.onnx", waveform=True, name="audio", frames=4 * RATE)
    rate, samples = spoken(3.0)
    window = np.pad(samples[0].astype(np.float32) / 32768, (RATE, 0))
    expected = sigmoid(standardised(window)[-1])
    assert OnnxTurnDetector(path).finished((rate, samples)) == pytest.approx(expected, abs=1e-4)


def test_a_model_with_a_mask_gets_zeros_behind_that_the_mask_excludes(tmp_path: Path):
    """The tiny one's probability is the share of the window that the mask admits."""
    path = make_masked_end_of_turn(tmp_path / "m.onnx", 16 * RATE)
    detector = OnnxTurnDetector(path)
    assert detector.finished(spoken(4.0)) == pytest.approx(0.25, abs=1e-4)
    assert detector.finished(spoken(20.0)) == pytest.approx(1.0)


@pytest.mark.parametrize("samples", [0, 1])
def test_next_to_nothing_may_be_asked_about(tmp_path: Path, samples: int):
    utterance = (RATE, np.zeros((1, samples), np.int16))
    for path in (
        make_end_of_turn(tmp_path / "f.onnx"),
        make_masked_end_of_turn(tmp_path / "m.onnx", RATE),
    ):
        assert 0.0 <= OnnxTurnDetector(path).finished(utterance) <= 1.0


def test_window_is_the_authors_where_the_model_leaves_it_open(tmp_path: Path):
    path = make_end_of_turn(tmp_path / "open.onnx", frames="frames")
    taken = []
    detector = OnnxTurnDetector(path, window_s=2.0)
    loaded = detector._loaded()
    object.__setattr__(
        loaded, "inputs", lambda s, make=loaded.inputs: taken.append(make(s)) or taken[-1]
    )
    detector.finished(spoken(3.0))
    assert taken[0]["input_features"].shape == (1, 80, 200)


def test_a_folder_or_a_repository_has_the_model_too(tmp_path: Path, monkeypatch):
    import huggingface_hub

    make_end_of_turn(tmp_path / module.FILE)
    assert OnnxTurnDetector(tmp_path).finished(spoken(1.0)) > 0
    asked = []

    def cached(repository: str, name: str) -> str:
        asked.append(f"{repository}/{name}")
        return str(tmp_path / name)

    monkeypatch.setattr(huggingface_hub, "try_to_load_from_cache", cached)
    assert OnnxTurnDetector().finished(spoken(1.0)) > 0
    assert asked == ["pipecat-ai/smart-turn-v3/smart-turn-v3.2-cpu.onnx"]


def test_is_loaded_once_and_asked_from_any_thread(tmp_path: Path, monkeypatch):
    opened, open_model = [], module.open_model
    monkeypatch.setattr(
        module, "open_model", lambda *args, **kw: opened.append(kw) or open_model(*args, **kw)
    )
    detector = OnnxTurnDetector(make_end_of_turn(tmp_path / "turn.onnx"))
    barrier = threading.Barrier(4)

    def ask(_: int) -> float:
        barrier.wait()
        return detector.finished(spoken(2.0))

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(ask, range(4)))) == 1
    assert opened == [{"threads": 1}]


def test_models_of_other_kinds_are_refused_with_what_they_take(tmp_path: Path):
    path = make_end_of_turn(tmp_path / "odd.onnx", frames=800, extra="speed")
    with pytest.raises(SpeechEngineError, match=r"no end-of-turn model of a known kind.*'speed'"):
        OnnxTurnDetector(path).load()
    (tmp_path / "broken.onnx").write_bytes(b"nothing")
    with pytest.raises(SpeechEngineError, match="onnxruntime cannot load"):
        OnnxTurnDetector(tmp_path / "broken.onnx").load()


def test_an_answer_that_is_no_probability_is_an_error(tmp_path: Path):
    path = make_end_of_turn(tmp_path / "raw.onnx", probability=False)
    with pytest.raises(SpeechEngineError, match="Expected one probability"):
        OnnxTurnDetector(path).finished((RATE, np.full((1, RATE), -32768, np.int16)))


def test_what_cannot_work_is_a_typed_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(MediaFormatError):
        OnnxTurnDetector(make_end_of_turn(tmp_path / "t.onnx")).finished(np.zeros(5))
    with pytest.raises(ConfigurationError, match="threads"):
        OnnxTurnDetector(threads=0)
    with pytest.raises(ConfigurationError, match="window_s"):
        OnnxTurnDetector(window_s=0)
    with pytest.raises(SpeechEngineError, match="There is no folder"):
        OnnxTurnDetector("/nonexistent").load()
    with pytest.raises(ModelDownloadError, match=r"smart-turn-v3\.2-cpu\.onnx of nobody/none"):
        OnnxTurnDetector("nobody/none").load()
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(MissingExtraError, match=r'pip install "gradio_webrtc\[turn\]"'):
        OnnxTurnDetector().load()
