"""Where the files of a model are, without a network."""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path

import huggingface_hub
import pytest

from gradio_webrtc.errors import ModelDownloadError, SpeechEngineError
from gradio_webrtc.session import messages
from gradio_webrtc.session.context import Context, running_for
from gradio_webrtc.speech import model_files
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
    monkeypatch.setattr(huggingface_hub, "get_hf_file_metadata", lambda *_, **__: None)
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
    assert model_file("owner/name", "model.onnx") == Path("/cache/model.onnx")
    assert downloads == [("owner/name", "model.onnx")]
    assert "Fetching model.onnx of owner/name" in caplog.text
    assert caplog.records[0].levelno == logging.WARNING, "less is not shown by default"


@pytest.mark.usefixtures("downloads")
def test_the_person_who_waits_is_told_in_the_page_and_nobody_else() -> None:
    told: list[messages.Message] = []

    class Page:
        def send(self, text: str) -> None:
            pytest.fail(text)

        notify = staticmethod(told.append)

    model_file("owner/name", "model.onnx")
    assert told == []
    running_for(Context("abc", None, Page())).run(model_file, "owner/name", "model.onnx")
    (news,) = told
    assert news == messages.info("Fetching model.onnx of owner/name from the model hub, this once.")


def test_a_hub_that_does_not_answer_is_asked_once_and_waited_for_no_longer_than_said(
    monkeypatch: pytest.MonkeyPatch, downloads: list[tuple[str, str]]
) -> None:
    asked, over = [], threading.Event()

    def silent(address: str, timeout: float) -> None:
        asked.append(address)
        over.wait(20)

    monkeypatch.setattr(huggingface_hub, "get_hf_file_metadata", silent)
    monkeypatch.setattr(model_files, "ANSWER_WITHIN_S", 0.1)
    started = time.monotonic()
    with pytest.raises(ModelDownloadError, match=r"no answer within 0\.1 s.*give their folder"):
        model_file("owner/name", "model.onnx")
    assert time.monotonic() - started < 5
    over.set()
    assert len(asked) == 1
    assert asked[0].endswith("/owner/name/resolve/main/model.onnx")
    assert downloads == []


@pytest.mark.usefixtures("downloads")
def test_what_cannot_be_fetched_says_why_and_what_to_do() -> None:
    with pytest.raises(
        ModelDownloadError, match=r"model\.onnx of nobody/none .*OSError: no route.*folder"
    ):
        model_file("nobody/none", "model.onnx")
