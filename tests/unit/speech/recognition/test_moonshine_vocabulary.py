"""Both forms of tokenizer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gradio_webrtc.errors import SpeechEngineError
from gradio_webrtc.speech.recognition.moonshine_vocabulary import read_vocabulary, text_of

SPACE = "\u2581"
PIECES = [
    b"<unk>", b"<s>", b"</s>", *(bytes([value]) for value in range(256)),
    f"{SPACE}caf".encode(), b"<<ST_1>>", f"{SPACE}au".encode(), "é".encode(),
]  # fmt: skip


def binary(path: Path, pieces: list[bytes]) -> Path:
    path.write_bytes(b"".join(bytes([len(piece)]) + piece for piece in pieces))
    return path


def test_the_binary_form_has_pieces_in_order_and_bytes_as_they_are(tmp_path: Path) -> None:
    pieces = read_vocabulary(binary(tmp_path / "tokenizer.bin", PIECES))
    e_acute = [3 + byte for byte in "é".encode()]
    assert text_of([259, *e_acute, 261, 3 + ord("x")], pieces) == "café aux"
    assert text_of([1, 259, 262, 260, 2], pieces) == "café", "control tokens are not spoken"


def test_half_a_character_is_left_out(tmp_path: Path) -> None:
    pieces = read_vocabulary(binary(tmp_path / "tokenizer.bin", PIECES))
    first, second = (3 + byte for byte in "é".encode())
    assert text_of([259, first], pieces) == "caf"
    assert text_of([second, 259, 99_999], pieces) == "caf"


@pytest.mark.parametrize("wrong", [b"", b"\x05<unk", b"\x01a" * 300])
def test_a_damaged_binary_form_is_a_typed_error(tmp_path: Path, wrong: bytes) -> None:
    path = tmp_path / "tokenizer.bin"
    path.write_bytes(wrong)
    with pytest.raises(SpeechEngineError, match=r"tokenizer\.bin is no tokenizer of this model"):
        read_vocabulary(path)


def test_the_json_form_names_bytes_and_special_tokens(tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    vocabulary = {"<s>": 1, f"{SPACE}caf": 5, "<0xC3>": 6, "<0xA9>": 7}
    added = [{"id": 1, "content": "<s>", "special": True}]
    path.write_text(json.dumps({"added_tokens": added, "model": {"vocab": vocabulary}}), "utf-8")
    assert text_of([1, 5, 6, 7], read_vocabulary(path)) == "café"
    path.write_text("[]", "utf-8")
    with pytest.raises(SpeechEngineError, match="no tokenizer of this model"):
        read_vocabulary(path)


@pytest.mark.parametrize("tokens", [263, 263 + 768])
def test_the_control_tokens_may_be_left_out(tmp_path: Path, tokens: int) -> None:
    assert len(PIECES) == 263
    assert read_vocabulary(binary(tmp_path / "tokenizer.bin", PIECES), tokens)


@pytest.mark.parametrize("tokens", [262, 264 + 768])
def test_a_tokenizer_of_another_length_is_another_models(tmp_path: Path, tokens: int) -> None:
    path = binary(tmp_path / "tokenizer.bin", PIECES)
    with pytest.raises(SpeechEngineError, match=f"has 263 pieces for {tokens} tokens"):
        read_vocabulary(path, tokens)


def test_a_tokenizer_that_cannot_be_read_is_a_typed_error(tmp_path: Path) -> None:
    with pytest.raises(SpeechEngineError, match="is no tokenizer of this model"):
        read_vocabulary(tmp_path / "tokenizer.bin")
