"""What a Piper voice's files say, and where they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gradio_webrtc.errors import MissingExtraError, SpeechEngineError
from gradio_webrtc.speech.synthesis import piper_voice as module
from gradio_webrtc.speech.synthesis.piper_voice import PiperVoice, read_voice, voice_files
from tests.support.tiny_piper import make_piper


def voice(**other: object) -> PiperVoice:
    ids = {"_": (0,), "^": (1,), "$": (2,), "a": (10,), "c": (11,), "\u0327": (12, 13), ".": (14,)}
    given = {
        "sample_rate": 16_000, "ids": ids, "replaced": {}, "language": "en-us",
        "scales": (1, 1, 1), "speakers": 1, "speaker_ids": {}, **other,
    }  # fmt: skip
    return PiperVoice(**given)


@pytest.mark.parametrize(
    ("said", "ids"),
    [
        ("a.", [1, 0, 10, 0, 14, 0, 2]),
        ("a%", [1, 0, 10, 0, 2]),
        ("\u00e7", [1, 0, 11, 0, 12, 13, 0, 2]),
        (".", []),
        ("zzz", []),
        ("", []),
    ],
)
def test_symbols_stand_between_pads_decomposed_and_known(said: str, ids: list[int]):
    assert voice().input_ids(said) == ids


def test_symbols_may_be_written_otherwise():
    assert voice(replaced={"x": ("a", "c")}).input_ids("x") == [1, 0, 10, 0, 11, 0, 2]


def test_a_file_or_a_folder_is_found(tmp_path: Path):
    make_piper(tmp_path)
    files = (tmp_path / "tiny.onnx", tmp_path / "tiny.onnx.json")
    assert voice_files(tmp_path) == files
    assert voice_files(str(files[0])) == files


def test_missing_and_ambiguous_files_are_told(tmp_path: Path):
    with pytest.raises(SpeechEngineError, match=r"has no \.onnx file"):
        voice_files(tmp_path)
    with pytest.raises(SpeechEngineError, match=r"no file .*none\.onnx"):
        voice_files(tmp_path / "none.onnx")
    make_piper(tmp_path)
    (tmp_path / "other.onnx").touch()
    with pytest.raises(SpeechEngineError, match=r"other\.onnx, tiny\.onnx.*Give the path"):
        voice_files(tmp_path)
    with pytest.raises(SpeechEngineError, match=r"no file .*other\.onnx\.json"):
        voice_files(tmp_path / "other.onnx")


def test_the_installed_voice_is_found_without_importing_it(tmp_path: Path, monkeypatch):
    package = tmp_path / "some_piper_voice"
    (package / "data").mkdir(parents=True)
    make_piper(package / "data")
    (package / "__init__.py").write_text("raise RuntimeError('imported')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(module, "PACKAGE", "some_piper_voice")
    assert voice_files(None)[0] == package / "data" / "tiny.onnx"


def test_where_no_voice_is_installed_the_command_is_told(monkeypatch):
    monkeypatch.setattr(module, "PACKAGE", "no_such_voice")
    with pytest.raises(MissingExtraError, match=r'pip install "gradio_webrtc\[voice\]"'):
        voice_files(None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"audio": {"sample_rate": "fast"}},
        {"audio": {"sample_rate": 10**9}},
        {"audio": []},
        {"phoneme_id_map": {"a": [1]}},
        {"phoneme_id_map": [1]},
        {"phoneme_id_map": {"_": ["x"], "^": [1], "$": [2]}},
        {"phoneme_type": "pinyin"},
        {"espeak": {}},
        {"inference": {"length_scale": float("nan")}},
        {"num_speakers": None},
        {"speaker_id_map": ["ada"]},
    ],
)
def test_a_damaged_explanation_is_a_typed_error(tmp_path: Path, wrong: dict[str, object]):
    make_piper(tmp_path, **wrong)
    with pytest.raises(SpeechEngineError, match=r"tiny\.onnx\.json does not explain"):
        read_voice(tmp_path / "tiny.onnx.json")


@pytest.mark.parametrize("text", ["", "[]", "{", "\x00", json.dumps("voice"), "[" * 100_000])
def test_what_is_no_explanation_at_all_is_one_too(tmp_path: Path, text: str):
    path = tmp_path / "x.onnx.json"
    path.write_text(text)
    with pytest.raises(SpeechEngineError, match="does not explain a Piper voice"):
        read_voice(path)
