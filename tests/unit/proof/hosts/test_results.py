"""Results of the matrix of hosts are kept by cell, and shown as a table of Pythons and sets."""

from __future__ import annotations

from pathlib import Path

import pytest

from proof.hosts.__main__ import main
from proof.hosts.cells import Cell
from proof.hosts.matrix import listed_versions
from proof.hosts.results import Result, kept, merged, table

VERSIONS = {"gradio": "6.9.0", "aiortc": "1.15.0", "av": "17.0.0", "numpy": "1.24.0"}
GOOD = Result(Cell("3.10", "oldest"), "3.10.13", "", VERSIONS, 80.0)
BAD = Result(Cell("3.10", "newest"), "3.10.13", "tests: a | b", {**VERSIONS, "numpy": "2.2.6"}, 9.0)
ABSENT = Result(Cell("3.14", "oldest"))


def test_the_table_has_every_python_and_both_sets_and_the_versions() -> None:
    assert table([GOOD, BAD, ABSENT]).splitlines() == [
        "| Python | oldest | newest |",
        "| --- | --- | --- |",
        "| 3.10.13 | ok | failed: tests: a \\| b |",
        "| 3.11 | not tried | not tried |",
        "| 3.12 | not tried | not tried |",
        "| 3.13 | not tried | not tried |",
        "| 3.14 | not installed here | not tried |",
        "",
        "| Python | set | gradio | aiortc | av | numpy |",
        "| --- | --- | --- | --- | --- | --- |",
        "| 3.10 | oldest | 6.9.0 | 1.15.0 | 17.0.0 | 1.24.0 |",
        "| 3.10 | newest | 6.9.0 | 1.15.0 | 17.0.0 | 2.2.6 |",
    ]


def test_a_cell_that_is_tried_again_takes_its_own_place(tmp_path: Path) -> None:
    path = tmp_path / "new" / "hosts.json"
    assert kept(path) == []
    assert merged(path, [BAD, ABSENT]) == [BAD, ABSENT]
    mended = Result(BAD.cell, "3.10.13", "", VERSIONS, 70.0)
    assert merged(path, [mended]) == kept(path) == [mended, ABSENT]
    assert merged(path, [GOOD]) == kept(path) == [GOOD, mended, ABSENT]


def test_what_pip_lists_is_read() -> None:
    text = "numpy (2.2.6)\nAvailable versions: 2.2.6, 2.2.5, 1.24.0\n  INSTALLED: 2.2.6\n"
    assert listed_versions(text) == ["2.2.6", "2.2.5", "1.24.0"]
    assert listed_versions("ERROR: No matching distribution found for numpy") == []


def test_the_command_shows_what_is_known_and_refuses_what_it_does_not_know(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "hosts.json"
    merged(path, [GOOD])
    assert main(["--table", "--results", str(path)]) == 0
    assert table([GOOD]) in capsys.readouterr().out
    assert main(["--python", "2.7"]) == 2
    assert "no such Python or set: 2.7" in capsys.readouterr().err


def test_missing_cells_are_those_that_are_not_well(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "hosts.json"
    merged(path, [GOOD])
    # Nothing is left to do, so no environment is made.
    chosen = ["--python", "3.10", "--set", "oldest", "--missing"]
    assert main([*chosen, "--results", str(path)]) == 0
    assert table([GOOD]) in capsys.readouterr().out
