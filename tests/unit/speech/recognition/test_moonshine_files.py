"""Where Moonshine's files are looked for."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest

from gradio_webrtc.errors import ModelDownloadError, SpeechEngineError
from gradio_webrtc.speech.recognition import moonshine_files
from gradio_webrtc.speech.recognition.moonshine_files import (
    PACKAGED_FILES,
    better_recognition,
    files_are_here,
    find_files,
    has_wheels,
    package_folder,
)
from tests.support.moonshine_weights import needs_weights


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package of that name with the files in their places, which ends whoever imports it."""
    weights = tmp_path / "moonshine_voice/assets/tiny-en"
    weights.mkdir(parents=True)
    (tmp_path / "moonshine_voice/__init__.py").write_text("raise SystemExit('imported')")
    for name in PACKAGED_FILES:
        (weights / name).write_bytes(b"")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(moonshine_files, "cached_file", lambda *_: None)
    monkeypatch.setattr(
        moonshine_files, "model_file", lambda source, name: Path("/hub", source, name)
    )
    return weights


def test_the_packages_files_serve_the_tiny_model(package: Path):
    assert files_are_here("moonshine/tiny")
    assert find_files("moonshine/tiny", None).encoder == package / "encoder_model.ort"
    assert not files_are_here("moonshine/base")
    assert str(find_files("moonshine/base", None).encoder).startswith("/hub/onnx-community/")


def test_a_package_without_the_weights_is_passed_over_and_the_advice_names_the_version(
    package: Path, monkeypatch: pytest.MonkeyPatch
):
    (package / "tokenizer.bin").unlink()
    assert not files_are_here("moonshine/tiny")
    assert str(find_files("moonshine/tiny", None).encoder).startswith("/hub/")
    monkeypatch.setattr(moonshine_files, "has_wheels", lambda: True)
    assert 'pip install "moonshine-voice<=0.1.0"' in better_recognition()


def test_a_folder_may_have_the_packages_files_and_must_have_all(package: Path):
    assert find_files("moonshine/tiny", package).decoder == package / "decoder_model_merged.ort"
    (package / "tokenizer.bin").unlink()
    with pytest.raises(SpeechEngineError, match=r"needs all of encoder_model\.ort"):
        find_files("moonshine/tiny", package)


def test_without_the_hub_the_package_with_the_weights_is_named(
    package: Path, monkeypatch: pytest.MonkeyPatch
):
    def unreachable(source: str, name: str) -> Path:
        raise ModelDownloadError("cannot be fetched.")

    monkeypatch.setattr(moonshine_files, "model_file", unreachable)
    monkeypatch.setattr(moonshine_files, "has_wheels", lambda: True)
    (package / "encoder_model.ort").unlink()
    with pytest.raises(ModelDownloadError, match=r'pip install "moonshine-voice<=0\.1\.0"'):
        find_files("moonshine/tiny", None)
    monkeypatch.setattr(moonshine_files, "package_folder", lambda: None)
    with pytest.raises(ModelDownloadError, match=r'pip install "gradio_webrtc\[stt\]"'):
        find_files("moonshine/tiny", None)
    with pytest.raises(ModelDownloadError, match=r"^cannot be fetched\.$"):
        find_files("moonshine/base", None)


def test_each_place_has_its_remedy_for_damage(package: Path):
    assert '"moonshine-voice<=0.1.0"' in find_files("moonshine/tiny", None).remedy
    assert f"files to {package} anew" in find_files("moonshine/tiny", package).remedy
    assert "fetched anew" in find_files("moonshine/base", None).remedy


@pytest.mark.parametrize(
    ("system", "machine", "version", "there"),
    [
        ("Linux", "x86_64", "2.36", True),
        ("Linux", "aarch64", "2.34", True),
        ("Linux", "x86_64", "2.31", False),
        ("Linux", "x86_64", "", False),
        ("Linux", "riscv64", "2.36", False),
        ("Darwin", "arm64", "15.1", True),
        ("Darwin", "arm64", "14.6", True),
        ("Darwin", "x86_64", "15.1", False),
        ("Windows", "AMD64", "", True),
        ("FreeBSD", "amd64", "", False),
    ],
)
def test_what_is_better_is_offered_where_it_can_be_had(
    monkeypatch: pytest.MonkeyPatch, system: str, machine: str, version: str, there: bool
):
    monkeypatch.setattr(moonshine_files, "package_folder", lambda: None)
    monkeypatch.setattr(platform, "system", lambda: system)
    monkeypatch.setattr(platform, "machine", lambda: machine)
    monkeypatch.setattr(platform, "libc_ver", lambda: ("glibc" if version else "", version))
    assert has_wheels() is there
    wanted = 'pip install "gradio_webrtc[stt]"' if there else 'get_stt_model("moonshine/tiny")'
    assert wanted in better_recognition()


@needs_weights
def test_the_package_is_installed_here_with_its_weights():
    assert package_folder() is not None, "`make test` installs it"
    assert files_are_here("moonshine/tiny")
