"""Which Pythons and which sets of packages there are, and which of them are here."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

PYTHONS = ("3.10", "3.11", "3.12", "3.13", "3.14")
"""Those of the classifiers in ``pyproject.toml``, which a test compares."""

OLDEST, NEWEST = "oldest", "newest"
SETS = (OLDEST, NEWEST)

_CAN_BE_USED = "import sys, venv, ensurepip; print('%d.%d.%d' % sys.version_info[:3])"


class UnknownCellError(ValueError):
    """A Python or a set was named that is none of the matrix."""


@dataclass(frozen=True)
class Cell:
    """One Python with one set of packages."""

    python: str
    packages: str

    def __str__(self) -> str:
        return f"Python {self.python}, {self.packages}"


@dataclass(frozen=True)
class Python:
    """An interpreter that is here.

    Attributes:
        program: its path.
        version: all three numbers, such as ``3.10.13``.
    """

    program: Path
    version: str

    @property
    def minor(self) -> str:
        """The first two numbers, such as ``3.10``."""
        return self.version.rpartition(".")[0]


def cells(pythons: Sequence[str] = (), sets: Sequence[str] = ()) -> list[Cell]:
    """Return the cells of these Pythons and sets, in the table's order; all of them for none.

    Raises:
        UnknownCellError: one is not in the matrix.
    """
    unknown = [*(set(pythons) - set(PYTHONS)), *(set(sets) - set(SETS))]
    if unknown:
        raise UnknownCellError(
            f"no such Python or set: {', '.join(sorted(unknown))}; there are "
            f"{', '.join(PYTHONS)} and {', '.join(SETS)}"
        )
    return [
        Cell(python, packages)
        for python in PYTHONS
        if python in (pythons or PYTHONS)
        for packages in SETS
        if packages in (sets or SETS)
    ]


def found_pythons() -> dict[str, Python]:
    """Return the newest interpreter of each Python of the matrix that is here and can be used."""
    return newest_of_each(python for program in _candidates() if (python := _asked(program)))


def newest_of_each(pythons: Iterable[Python]) -> dict[str, Python]:
    """Return the newest of each Python of the matrix, by its first two numbers."""
    best: dict[str, Python] = {}
    for python in sorted(pythons, key=lambda one: [int(part) for part in one.version.split(".")]):
        if python.minor in PYTHONS:
            best[python.minor] = python
    return {minor: best[minor] for minor in PYTHONS if minor in best}


def _candidates() -> list[Path]:
    """Return programs that may be a Python: the one that runs this, of pyenv, on the path.

    Of the same version the last one is taken, so a virtual environment is the last resort.
    """
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    of_pyenv = [folder / "bin" / "python" for folder in sorted(pyenv.glob("versions/*"))]
    named = (shutil.which(f"python{minor}") for minor in PYTHONS)
    return [Path(sys.executable), *of_pyenv, *[Path(name) for name in named if name]]


def _asked(program: Path) -> Python | None:
    """Return the interpreter if it runs and can make environments: a name may be an empty shim."""
    try:
        answer = subprocess.run(
            [program, "-c", _CAN_BE_USED], capture_output=True, text=True, timeout=60, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    version = answer.stdout.strip()
    return Python(program, version) if re.fullmatch(r"\d+\.\d+\.\d+", version) else None
