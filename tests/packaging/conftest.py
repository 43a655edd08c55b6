"""One clean clone, one build of it and one empty environment for all packaging tests."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.packaging.processes import run

ROOT = Path(__file__).resolve().parents[2]
PACKAGING_SECONDS = 600
"""Building and installing are slow on a small machine; this only stops what hangs."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this directory."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.packaging)
            item.add_marker(pytest.mark.timeout(PACKAGING_SECONDS))


@dataclass(frozen=True)
class Distributions:
    """What ``python -m build`` made of the clone."""

    wheel: Path
    sdist: Path


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone of what is committed: nothing built, nothing left over."""
    target = tmp_path_factory.mktemp("clone") / "gradio_webrtc"
    run(["git", "clone", "--quiet", "--no-hardlinks", ROOT, target], cwd=ROOT)
    return target


@pytest.fixture(scope="session")
def distributions(clone: Path) -> Distributions:
    """The sdist of the clone, and the wheel built from that sdist."""
    run([sys.executable, "-m", "build", clone], cwd=clone)
    (wheel,) = (clone / "dist").glob("*.whl")
    (sdist,) = (clone / "dist").glob("*.tar.gz")
    return Distributions(wheel, sdist)


@dataclass(frozen=True)
class Environment:
    """A virtual environment."""

    directory: Path

    @property
    def scripts(self) -> Path:
        """Where its programs are."""
        return self.directory / ("Scripts" if os.name == "nt" else "bin")

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.scripts / "python"


@pytest.fixture(scope="session")
def stranger(distributions: Distributions, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment that was empty before the wheel was installed into it."""
    created = Environment(tmp_path_factory.mktemp("stranger") / "venv")
    run([sys.executable, "-m", "venv", created.directory], cwd=ROOT)
    pip = [created.python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run([*map(str, pip), str(distributions.wheel)], cwd=created.directory)
    return created
