"""Tests run in several processes; those with the mark ``serial`` run alone, after all others."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.packaging.processes import environment

ROOT = Path(__file__).resolve().parents[2]

PLUGINS = ("-p", "xdist.plugin", "-p", "tests.support.scheduling")

CONFIGURATION = """
[pytest]
addopts = --strict-markers
markers = serial: alone
"""

SUITE = """
import json, os, pathlib, time
import pytest

@pytest.fixture(autouse=True)
def noted(request):
    began = time.time()
    yield
    note = dict(
        file=request.path.stem, test=request.function.__name__, began=began, ended=time.time(),
        process=os.getpid(),
    )
    with (pathlib.Path(__file__).parent / "notes").open("a") as file:
        file.write(json.dumps(note) + chr(10))

@pytest.mark.parametrize("number", [1, 2])
def test_usual(number):
    time.sleep(0.2)

@pytest.mark.serial
def test_serial():
    time.sleep(0.1)
"""

CRASH = """
import os, pathlib

def test_usual():
    os._exit(3)
"""


def run(directory: Path, *options: str) -> tuple[str, list[dict[str, Any]]]:
    """Return what pytest printed, and what each test of the suite noted, in order of their ends."""
    (directory / "pytest.ini").write_text(CONFIGURATION, encoding="utf-8")
    result = subprocess.run(
        [sys.executable, "-m", "pytest", *PLUGINS, "-n", "2", *options],
        cwd=directory,
        env=environment(PYTHONPATH=str(ROOT), PYTEST_DISABLE_PLUGIN_AUTOLOAD="1"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    notes = (directory / "notes").read_text(encoding="utf-8").splitlines()
    return result.stdout, [json.loads(note) for note in notes]


def test_serial_tests_run_alone_after_all_others_and_after_a_crash(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / f"test_{name}.py").write_text(SUITE, encoding="utf-8")
    (tmp_path / "test_d.py").write_text(CRASH, encoding="utf-8")
    output, notes = run(tmp_path)
    assert "1 failed, 9 passed" in output.splitlines()[-1]
    usual, serial = notes[:6], notes[6:]
    assert [note["test"] for note in notes] == ["test_usual"] * 6 + ["test_serial"] * 3
    for before, after in zip(notes[5:], serial, strict=False):
        assert before["ended"] <= after["began"]
    assert max(note["ended"] for note in usual) <= serial[0]["began"]
    assert len({note["process"] for note in usual}) >= 2
    # A file's fixtures are made once: one process has all of it.
    for name in "abc":
        assert len({each["process"] for each in usual if each["file"] == f"test_{name}"}) == 1


def test_serial_tests_alone_need_one_process(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text(SUITE, encoding="utf-8")
    output, notes = run(tmp_path, "-m", "serial")
    assert "1 passed" in output.splitlines()[-1]
    assert [note["test"] for note in notes] == ["test_serial"]
