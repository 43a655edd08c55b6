"""Measures the structure of the code, and fails where it is beyond what `pyproject.toml` allows.

``python tools/structure.py`` prints one line a measure; ``--list`` also names every place. The
limits are under ``[tool.structure]``. Part of `make check`.
"""

from __future__ import annotations

import argparse
import ast
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # mypy itself brings it where the interpreter has none

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "backend" / "gradio_webrtc"
PAGE = ROOT / "frontend"
TESTS = ROOT / "tests"
SUITES = ("unit", "session", "loopback", "browser", "processes")
UNTYPED = frozenset({"Any", "object"})


@dataclass
class Measure:
    """One figure, its limit, and the places that make it up."""

    name: str
    limit: float
    value: float = 0.0
    unit: str = ""
    places: list[str] = field(default_factory=list)

    @property
    def kept(self) -> bool:
        """Whether the figure is within its limit."""
        return self.value <= self.limit

    def line(self) -> str:
        """Return the figure as a line of text."""
        verdict = "" if self.kept else "   TOO MUCH"
        return f"{self.name:<58}{self.value:>6.4g}{self.unit} of {self.limit:g}{self.unit}{verdict}"


def untyped_parameters(trees: dict[Path, ast.Module], limit: float) -> Measure:
    """Count parameters annotated with ``Any`` or ``object``, alone or in a union, in per cent."""
    measure = Measure("parameters typed Any or object", limit, unit=" %")
    total = 0
    for path, function in _functions(trees):
        for parameter in _parameters(function):
            total += 1
            if parameter.annotation is not None and _is_untyped(parameter.annotation):
                measure.places.append(
                    f"{_place(path, parameter.lineno)} {function.name}({parameter.arg})"
                )
    measure.value = 100 * len(measure.places) / max(1, total)
    return measure


def forwards(trees: dict[Path, ast.Module], limit: float) -> Measure:
    """Count functions that only call something of their own name on one of their attributes."""
    measure = Measure("one-line forwards to the same name", limit)
    for path, function in _functions(trees):
        if _forwards(function):
            measure.places.append(f"{_place(path, function.lineno)} {function.name}")
    measure.value = len(measure.places)
    return measure


def long_files(limit: float) -> Measure:
    """Find the longest source file, in lines."""
    measure = Measure("lines of the longest file", limit)
    lengths = {path: len(path.read_text().splitlines()) for path in _sources()}
    measure.value = max(lengths.values())
    measure.places = [
        f"{path.relative_to(ROOT)} {lines}" for path, lines in lengths.items() if lines > limit
    ]
    return measure


def full_folders(limit: float) -> Measure:
    """Find the folder with most source files, tests and package markers not counted."""
    measure = Measure("files of the fullest folder", limit)
    counts = Counter(path.parent for path in _sources() if path.name != "__init__.py")
    measure.value = max(counts.values())
    measure.places = [
        f"{folder.relative_to(ROOT)} {count}" for folder, count in counts.items() if count > limit
    ]
    return measure


def untested_modules(limit: float) -> Measure:
    """Count modules without a test file of their name, found where their own path says."""
    measure = Measure("modules without a test file of their name", limit)
    for path in _modules():
        inside = path.relative_to(PACKAGE)
        name = f"test_{inside.stem}.py"
        if not any((TESTS / suite / inside.parent / name).exists() for suite in SUITES):
            measure.places.append(str(path.relative_to(ROOT)))
    measure.value = len(measure.places)
    return measure


def _modules() -> list[Path]:
    return [path for path in sorted(PACKAGE.rglob("*.py")) if path.name != "__init__.py"]


def _sources() -> list[Path]:
    page = [
        path
        for pattern in ("*.ts", "*.svelte")
        for path in sorted(PAGE.rglob(pattern))
        if "node_modules" not in path.parts and not path.name.endswith(".test.ts")
    ]
    return [*sorted(PACKAGE.rglob("*.py")), *page]


def _functions(
    trees: dict[Path, ast.Module],
) -> Iterator[tuple[Path, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield path, node


def _parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.arg]:
    given = function.args
    named = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    rest = [arg for arg in (given.vararg, given.kwarg) if arg is not None]
    return [arg for arg in (*named, *rest) if arg.arg not in ("self", "cls")]


def _is_untyped(annotation: ast.expr) -> bool:
    if isinstance(annotation, ast.BinOp):
        return _is_untyped(annotation.left) or _is_untyped(annotation.right)
    return isinstance(annotation, ast.Name) and annotation.id in UNTYPED


def _forwards(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    body = function.body
    if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]
    if len(body) != 1 or not isinstance(body[0], ast.Expr | ast.Return):
        return False
    value = body[0].value
    if isinstance(value, ast.Await):
        value = value.value
    if isinstance(value, ast.Call):
        value = value.func
    if not isinstance(value, ast.Attribute) or value.attr != function.name:
        return False
    # super().name() extends what is inherited and passes nothing on.
    return isinstance(value.value, ast.Attribute)


def _place(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def measures() -> list[Measure]:
    """Take all measures against the limits in ``pyproject.toml``."""
    limits = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["structure"]
    trees = {path: ast.parse(path.read_text()) for path in sorted(PACKAGE.rglob("*.py"))}
    return [
        untyped_parameters(trees, limits["untyped-parameters-percent"]),
        forwards(trees, limits["same-name-forwards"]),
        long_files(limits["lines-of-a-file"]),
        full_folders(limits["files-of-a-folder"]),
        untested_modules(limits["modules-without-tests"]),
    ]


def main() -> int:
    """Print the measures; return 1 if one is beyond its limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--list", action="store_true", help="name every place")
    listed = parser.parse_args().list
    found = measures()
    for measure in found:
        print(measure.line())
        if listed or not measure.kept:
            print("".join(f"  {place}\n" for place in measure.places), end="")
    return 0 if all(measure.kept for measure in found) else 1


if __name__ == "__main__":
    sys.exit(main())
