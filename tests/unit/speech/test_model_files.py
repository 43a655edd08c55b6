"""Where the files of a model are, without a network."""

from __future__ import annotations

import logging
from pathlib import Path

import huggingface_hub
import pytest

from gradio_webrtc.errors import ModelDownloadError, SpeechEngineError
from gradio_webrtc.speech.model_files import model_file


@pytest.fixture
def downloads(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What was fetched; nothing is in the cache."""
    fetched: list[tuple[str, str]] = []

    def download(repository: str, name: str) -> str:
        fetched.append((repository, name))
        if repository == "nobody/none":
            raise OSError("no route")
        return f"/cache/{name}"

    monkeypatch.setattr(huggingface_hub, "try_to_load_from_cache", lambda *_: None)
    monkeypatch.setattr(huggingface_hub, "hf_hub_download", download)
    return fetched


def test_a_folder_has_the_file_or_says_which_one_it_lacks(
    tmp_path: Path, downloads: list[tuple[str, str]]
) -> None:
    (tmp_path / "onnx").mkdir()
    (tmp_path / "onnx/model.onnx").write_bytes(b"")
    assert model_file(tmp_path, "onnx/model.onnx") == tmp_path / "onnx/model.onnx"
    assert model_file(str(tmp_path), "onnx/model.onnx") == tmp_path / "onnx/model.onnx"
    with pytest.raises(SpeechEngineError, match=r"no file tokenizer\.json"):
        model_file(tmp_path, "tokenizer.json")
    assert downloads == []


@pytest.mark.parametrize("source", ["model", "/nonexistent/a", "./a", "~/a", "a/b/c"])
def test_what_can_be_no_repository_is_a_folder_that_is_missing(
    source: str, downloads: list[tuple[str, str]]
) -> None:
    with pytest.raises(SpeechEngineError, match="There is no folder") as caught:
        model_file(source, "model.onnx")
    assert not isinstance(caught.value, ModelDownloadError)
    assert downloads == []


def test_what_was_fetched_once_is_not_asked_for_again(
    monkeypatch: pytest.MonkeyPatch, downloads: list[tuple[str, str]]
) -> None:
    monkeypatch.setattr(huggingface_hub, "try_to_load_from_cache", lambda *_: "/cache/once")
    assert model_file("owner/name", "model.onnx") == Path("/cache/once")
    assert downloads == []


def test_a_repositorys_file_is_fetched_and_the_log_says_so(
    downloads: list[tuple[str, str]], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    assert model_file("owner/name", "model.onnx") == Path("/cache/model.onnx")
    assert downloads == [("owner/name", "model.onnx")]
    assert "Fetching model.onnx of owner/name" in caplog.text


@pytest.mark.usefixtures("downloads")
def test_what_cannot_be_fetched_says_why_and_what_to_do() -> None:
    with pytest.raises(
        ModelDownloadError, match=r"model\.onnx of nobody/none .*OSError: no route.*folder"
    ):
        model_file("nobody/none", "model.onnx")
