"""The matrix of hosts has a cell for each Python and each set, and some can be chosen."""

from __future__ import annotations

from pathlib import Path

import pytest

from proof.hosts.cells import (
    PYTHONS,
    SETS,
    Cell,
    Python,
    UnknownCellError,
    cells,
    found_pythons,
    newest_of_each,
)


def test_all_cells_are_there_unless_some_are_chosen() -> None:
    assert len(cells()) == len(set(cells())) == len(PYTHONS) * len(SETS)
    assert cells(["3.10"], ["oldest"]) == [Cell("3.10", "oldest")]
    assert cells(["3.13", "3.10"]) == [
        Cell(python, packages) for python in ("3.10", "3.13") for packages in SETS
    ]
    assert [cell.packages for cell in cells([], ["newest"])] == ["newest"] * len(PYTHONS)


@pytest.mark.parametrize("wrong", [(["3.9"], []), ([], ["middle"])])
def test_what_is_not_in_the_matrix_is_told_with_what_is(wrong: tuple[list[str], list[str]]) -> None:
    with pytest.raises(UnknownCellError, match=r"3\.9|middle") as told:
        cells(*wrong)
    assert "3.10, 3.11" in str(told.value)
    assert "oldest, newest" in str(told.value)


def test_the_newest_of_each_python_is_taken() -> None:
    old, new = Python(Path("a"), "3.12.9"), Python(Path("b"), "3.12.10")
    others = [Python(Path("c"), "3.9.18"), Python(Path("d"), "3.10.13")]
    assert newest_of_each([new, *others, old]) == {"3.10": others[1], "3.12": new}


def test_the_pythons_that_are_here_have_one_of_the_path_or_this_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shim = tmp_path / "versions" / "3.11.1" / "bin" / "python"
    shim.parent.mkdir(parents=True)
    shim.write_text("#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    found = found_pythons()
    assert found
    assert all(python.program != shim for python in found.values())
    assert all(python.minor == minor for minor, python in found.items())
