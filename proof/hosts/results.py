"""How the cells went: kept in a file, so that some may be tried again, and shown as a table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from proof.hosts.bounds import VARIED
from proof.hosts.cells import PYTHONS, SETS, Cell

RESULTS = Path(__file__).resolve().parents[2] / ".proof" / "hosts.json"
OK, NOT_HERE, NOT_TRIED = "ok", "not installed here", "not tried"


@dataclass(frozen=True)
class Result:
    """How a cell went.

    Attributes:
        cell: which.
        python: the interpreter's whole version, empty where there is none.
        reason: why it failed, empty where it did not.
        versions: what was installed of the varied packages.
        seconds: it took.
    """

    cell: Cell
    python: str = ""
    reason: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def failed(self) -> bool:
        """Whether it was tried and did not go well."""
        return bool(self.reason)

    @property
    def told(self) -> str:
        """The result in a line."""
        if not self.python:
            return NOT_HERE
        return f"failed: {self.reason}" if self.failed else OK

    def __str__(self) -> str:
        return f"{self.cell}: {self.told} ({self.seconds:.0f} s)"


def kept(path: Path) -> list[Result]:
    """Return what the file has; nothing without a file."""
    if not path.exists():
        return []
    return [_read(entry) for entry in json.loads(path.read_text(encoding="utf-8"))]


def merged(path: Path, new: Iterable[Result]) -> list[Result]:
    """Put new results in the place of those of the same cells, in the file; returns all."""
    by_cell = {result.cell: result for result in [*kept(path), *new]}
    order = [Cell(python, packages) for python in PYTHONS for packages in SETS]
    results = [by_cell[cell] for cell in order if cell in by_cell]
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps([asdict(result) for result in results], indent=1)
    path.write_text(text + "\n", encoding="utf-8")
    return results


def table(results: Iterable[Result]) -> str:
    """Return Pythons by sets as a Markdown table, then the versions that were installed."""
    by_cell = {result.cell: result for result in results}
    lines = [_row("Python", *SETS), _row(*["---"] * (1 + len(SETS)))]
    for python in PYTHONS:
        row = [by_cell.get(Cell(python, packages)) for packages in SETS]
        version = next((result.python for result in row if result and result.python), python)
        lines.append(_row(version, *[NOT_TRIED if one is None else one.told for one in row]))
    lines += ["", _row("Python", "set", *VARIED), _row(*["---"] * (2 + len(VARIED)))]
    for cell, result in by_cell.items():
        if result.versions:
            versions = [result.versions.get(name, "") for name in VARIED]
            lines.append(_row(cell.python, cell.packages, *versions))
    return "\n".join(lines)


def _row(*columns: str) -> str:
    return "| " + " | ".join(column.replace("|", "\\|") for column in columns) + " |"


def _read(entry: dict[str, Any]) -> Result:
    return Result(**{**entry, "cell": Cell(**entry["cell"])})
