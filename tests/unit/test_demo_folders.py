"""Every demo is complete, valid for Hugging Face Spaces, listed in the gallery, and made to run."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.support import demos

ROOT = demos.FOLDER.parent
GALLERY = (ROOT / "docs" / "gallery.md").read_text(encoding="utf-8")
TEMPLATES = "backend/gradio_webrtc/templates/sources.sha256"

COLOURS = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}
"""What Spaces takes for ``colorFrom`` and ``colorTo``."""
SHORT = 60
"""Characters that Spaces shows of a short description."""
PICTURE_BYTES = 100_000

PYTHON = """#!/bin/sh
echo "$@" >> "$(dirname "$0")/../called"
for last; do :; done
case "$last" in *.txt) cat "$last" >> "$(dirname "$0")/../installed";; esac
"""
"""Stands for the virtual environment's Python: notes what it is asked to run and to install."""


def header(name: str) -> dict[str, str]:
    text = (demos.FOLDER / name / "README.md").read_text(encoding="utf-8")
    found = re.match(r"---\n(.*?)\n---\n", text, re.DOTALL)
    assert found is not None, f"{name}/README.md has no header"
    return dict(line.split(": ", 1) for line in found[1].splitlines())


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )


def test_the_demos_of_the_issue_are_there() -> None:
    assert set(demos.names()) >= {
        "additional_outputs",
        "audio_video",
        "conversation",
        "echo",
        "fireworks",
        "gallery",
        "hello_computer",
        "html_client",
        "live_transcript",
        "magic_8_ball",
        "phone",
        "process_pool",
        "screen_share",
        "server_audio",
        "server_video",
        "stream_page",
        "talk_to_realtime_api",
        "typescript_client",
        "video_detection",
        "voice_chat",
    }
    folders = {path.parent.name for path in demos.FOLDER.glob("*/*")} - {"__pycache__"}
    assert folders == set(demos.names())


@pytest.mark.parametrize("name", demos.names())
def test_a_demo_has_all_that_a_space_needs(name: str) -> None:
    about = header(name)
    assert about["sdk"] == "gradio"
    assert (demos.FOLDER / name / about["app_file"]).is_file()
    assert {about["colorFrom"], about["colorTo"]} <= COLOURS
    assert about["license"] == "mit"
    assert about["title"]
    assert about["emoji"]
    assert 0 < len(about["short_description"]) <= SHORT
    needed = (demos.FOLDER / name / "requirements.txt").read_text(encoding="utf-8").split()
    source = "".join(each.read_text("utf-8") for each in (demos.FOLDER / name).glob("*.py"))
    recognises = ("get_stt_model", "partial_transcripts=")
    listens = any(used in source for used in recognises) or name == "gallery"
    speaks = "get_tts_model" in source or name == "gallery"
    extras = [e for e, used in (("stt", listens), ("voice", speaks)) if used]
    assert needed[0] == "gradio_webrtc" + (f"[{','.join(extras)}]" if extras else "")
    assert ("import cv2" in source) <= any(each.startswith("opencv") for each in needed)
    assert "print(" not in source


@pytest.mark.parametrize("name", demos.names())
def test_the_gallery_lists_a_demo_with_its_picture(name: str) -> None:
    assert f"make demo APP={name}\n" in GALLERY
    assert f"(assets/demos/{name}.webp)" in GALLERY
    picture = ROOT / "docs" / "assets" / "demos" / f"{name}.webp"
    assert 1_000 < picture.stat().st_size < PICTURE_BYTES
    if name != "gallery":
        assert f"## {header(name)['title']}\n" in GALLERY
        assert header(name)["short_description"] in GALLERY
        assert (ROOT / "tests" / "browser" / f"test_demo_{name}.py").is_file()


def test_the_gallery_app_needs_what_all_of_them_need() -> None:
    needed = {
        name: set(
            (demos.FOLDER / name / "requirements.txt")
            .read_text("utf-8")
            .replace("gradio_webrtc[stt,voice]", "gradio_webrtc[stt]\ngradio_webrtc[voice]")
            .split()
        )
        for name in demos.names()
    }
    assert needed["gallery"] == set().union(*needed.values()) - {"gradio_webrtc"}


def test_an_unknown_demo_is_answered_with_the_names_of_the_others(tmp_path: Path) -> None:
    result = make("demo", "APP=nonsense", f"VENV={tmp_path}/none")
    assert result.returncode != 0
    assert "nonsense" in result.stderr
    assert all(name in result.stderr for name in demos.names())
    assert not (tmp_path / "none").exists()


def test_make_installs_what_a_demo_needs_once_and_never_this_package(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / ".stamps").mkdir()
    for stamp in ("venv", "app"):
        (tmp_path / ".stamps" / stamp).touch()
    python = tmp_path / "bin" / "python"
    python.write_text(PYTHON, encoding="utf-8")
    python.chmod(0o755)
    called = tmp_path / "called"

    def started(name: str | None) -> list[str]:
        called.unlink(missing_ok=True)
        app = [f"APP={name}"] if name else []
        result = make("demo", *app, f"VENV={tmp_path}", "-o", TEMPLATES)
        assert result.returncode == 0, result.stderr
        return called.read_text(encoding="utf-8").splitlines()

    install, start = started("video_detection")
    assert "pip" in install
    assert start.endswith("demo/video_detection/app.py")
    installed = (tmp_path / "installed").read_text(encoding="utf-8")
    assert "opencv-python-headless" in installed
    assert "gradio_webrtc" not in installed
    assert len(started("video_detection")) == 1
    assert len(started("echo")) == 1
    assert started(None)[-1].endswith("demo/magic_8_ball/app.py")
