"""Opening ONNX models, with a tiny one."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from gradio_webrtc.errors import MissingExtraError, SpeechEngineError
from gradio_webrtc.speech.onnx_model import MOST_THREADS, check_inputs, onnxruntime, open_model
from tests.support.tiny_speech_models import make_end_of_turn


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_end_of_turn(tmp_path_factory.mktemp("model") / "turn.onnx")


@pytest.mark.parametrize(
    ("cores", "wanted", "threads"),
    [(64, None, MOST_THREADS), (2, None, 2), (None, None, 1), (64, 7, 7)],
)
def test_threads_are_those_that_are_wanted_or_as_many_as_cores_up_to_a_limit(
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    cores: int | None,
    wanted: int | None,
    threads: int,
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    options = open_model(path, "turn", threads=wanted).get_session_options()
    assert options.intra_op_num_threads == threads
    assert options.inter_op_num_threads == 1
    assert options.get_session_config_entry("session.intra_op.allow_spinning") == "0"


def test_what_is_no_model_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"nothing")
    with pytest.raises(SpeechEngineError, match=r"cannot load .*broken\.onnx"):
        open_model(broken, "turn")


def test_the_missing_extra_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(MissingExtraError, match=r'pip install "gradio_webrtc\[tts\]"'):
        onnxruntime("tts")
    with pytest.raises(MissingExtraError, match=r'pip install "gradio_webrtc\[stt\]"'):
        open_model(path, "stt")


def test_inputs_that_are_wanted_and_missing_are_told_with_those_there_are(path: Path) -> None:
    session: Any = open_model(path, "turn", threads=1)
    check_inputs(session, path, ["input_features"])
    with pytest.raises(SpeechEngineError, match="lacks the inputs style, speed; it has input_f"):
        check_inputs(session, path, ["style", "input_features", "speed"])
