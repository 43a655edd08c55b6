"""What ``pyproject.toml`` says of versions: the oldest that are allowed, and what tests need."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # mypy brings it where the interpreter has none

PYPROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"

VARIED = ("gradio", "aiortc", "av", "numpy")
"""Packages whose oldest and newest versions the sets are."""

TEST_NEEDS = (
    "hypothesis",
    "looptime",
    "opentelemetry-sdk",
    "prometheus-client",
    "pytest",
    "pytest-asyncio",
    "pytest-timeout",
    "pytest-xdist",
    "redis",
    "twilio",
    "websockets",
)
"""What the tests of a cell need of the extra ``dev``, which says their versions."""


class NoVersionError(ValueError):
    """No version within the bounds can be installed on this Python."""


@dataclass(frozen=True)
class Bounds:
    """What ``pyproject.toml`` declares.

    Attributes:
        dependencies: of the package, by name.
        test_needs: requirements of the tests of a cell, as pip takes them.
        pythons: the Pythons of the classifiers, such as ``3.10``.
    """

    dependencies: Mapping[str, SpecifierSet]
    test_needs: tuple[str, ...]
    pythons: tuple[str, ...]

    def oldest(self, versions_of: Callable[[str], Iterable[str]]) -> list[str]:
        """Return pins of the oldest version of each varied package.

        Args:
            versions_of: tells which versions of a package have a wheel for a Python: the oldest
                NumPy that is allowed has none for newer Pythons.

        Raises:
            NoVersionError: none of a package is within its bounds.
        """
        return [
            f"{name}=={lowest(name, versions_of(name), self.dependencies[name])}" for name in VARIED
        ]


def lowest(name: str, versions: Iterable[str], allowed: SpecifierSet) -> str:
    """Return the lowest of ``versions`` that is allowed.

    Raises:
        NoVersionError: there is none.
    """
    found = sorted(allowed.filter(Version(version) for version in versions))
    if not found:
        raise NoVersionError(f"no wheel of {name}{allowed} for this Python")
    return str(found[0])


def declared(text: str | None = None) -> Bounds:
    """Read ``pyproject.toml``, or its text where that is given."""
    project: dict[str, Any] = tomllib.loads(
        PYPROJECT.read_text(encoding="utf-8") if text is None else text
    )["project"]
    named = _by_name(project["dependencies"])
    dev = _by_name(project.get("optional-dependencies", {}).get("dev", ()))
    label = "Programming Language :: Python :: 3."
    return Bounds(
        {name: requirement.specifier for name, requirement in named.items()},
        tuple(str(dev[name]) for name in TEST_NEEDS if name in dev),
        tuple(
            f"3.{classifier.removeprefix(label)}"
            for classifier in project.get("classifiers", ())
            if classifier.startswith(label)
        ),
    )


def _by_name(requirements: Iterable[str]) -> dict[str, Requirement]:
    parsed = [Requirement(text) for text in requirements]
    return {requirement.name: requirement for requirement in parsed}
