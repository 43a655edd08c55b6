"""Runs the steps of a Dockerfile without Docker: the file itself is what is run.

A stand-in for the image: everything below ``/srv`` goes to a folder of the test's, and Python's
packages to an environment in it that sees those installed here. So no step downloads anything; that
the package installs into an empty environment is what ``tests/packaging`` shows. What needs an
engine is not done: users, limits, the base image.
"""

from __future__ import annotations

import fnmatch
import json
import os
import re
import shlex
import shutil
import site
import sys
import venv
from dataclasses import dataclass, field
from pathlib import Path

from tests.packaging.processes import environment, run

STEPS = ("WORKDIR", "COPY", "RUN")
PROGRAMS = ("pip", "uvicorn")
"""Those of the image that the recipe calls by name."""


def instructions(dockerfile: str) -> list[tuple[str, str]]:
    """Return a Dockerfile's instructions, in order, each with what follows its name."""
    lines = [line for line in dockerfile.splitlines() if not line.lstrip().startswith("#")]
    text = re.sub(r"\\\n", " ", "\n".join(lines))
    found = [line.split(None, 1) for line in text.splitlines() if line.strip()]
    return [(name.upper(), rest.strip()) for name, rest in found]


@dataclass
class Image:
    """What the steps made.

    Attributes:
        root: stands for the image's ``/``.
        variables: of ``ENV``.
        ports: of ``EXPOSE``.
        base: of ``FROM``.
        user: of ``USER``.
        folder: of the last ``WORKDIR``, as the recipe says it.
        command: of ``CMD``.
        health: of ``HEALTHCHECK``, for a shell.
    """

    root: Path
    variables: dict[str, str] = field(default_factory=dict)
    ports: list[str] = field(default_factory=list)
    base: str = ""
    user: str = "root"
    folder: str = "/"
    command: list[str] = field(default_factory=list)
    health: str = ""

    @property
    def here(self) -> Path:
        """Where the work folder is on this machine."""
        return self.root / self.folder.lstrip("/")

    def environment(self, **changes: str) -> dict[str, str]:
        """Return the variables of a process in it, after ``docker run --env``."""
        path = f"{self.root}/python/bin{os.pathsep}{os.environ['PATH']}"
        return environment(**{**self.variables, "PATH": path, **changes})

    def shell(self, command: str, **changes: str) -> str:
        """Run a shell command in it; return what it prints."""
        words = ["sh", "-c", command.replace("/srv/", f"{self.root}/srv/")]
        return run(words, cwd=self.here, env=self.environment(**changes))


def build(context: Path, root: Path) -> Image:
    """Run the steps of ``context / "Dockerfile"``.

    Raises:
        AssertionError: one of them failed, or is not known here.
    """
    image = described(context, root)
    _install_python(root / "python")
    for name, rest in _recipe(context):
        if name == "WORKDIR":
            assert rest.startswith("/srv/"), "what is elsewhere would be this machine's own"
            image.folder = rest
            image.here.mkdir(parents=True)
        elif name == "COPY":
            _copy(context, rest.split(), image.here)
        elif name == "RUN":
            # What is asked for is here already, but for the package itself.
            image.shell(rest, PIP_NO_DEPS="1", PIP_IGNORE_INSTALLED="1", PIP_NO_INDEX="1")
    return image


def described(context: Path, root: Path = Path("/")) -> Image:
    """Return what ``context / "Dockerfile"`` says of the image's processes, no step run.

    Raises:
        AssertionError: an instruction is not known here.
    """
    image = Image(root)
    for name, rest in _recipe(context):
        if name not in STEPS:
            _note(image, name, rest)
    return image


def _recipe(context: Path) -> list[tuple[str, str]]:
    return instructions((context / "Dockerfile").read_text())


def ignored(context: Path, name: str) -> bool:
    """Tell whether ``.dockerignore`` keeps a file of the context out."""
    lines = (context / ".dockerignore").read_text().splitlines()
    patterns = [line.removeprefix("**/") for line in lines if line and not line.startswith("#")]
    return any(fnmatch.fnmatch(name, pattern) for pattern in patterns)


def _note(image: Image, name: str, rest: str) -> None:
    """Keep what an instruction says of the image's processes."""
    if name == "FROM":
        image.base = rest
    elif name == "ENV":
        image.variables |= dict(word.split("=", 1) for word in shlex.split(rest))
    elif name == "USER":
        image.user = rest
    elif name == "EXPOSE":
        image.ports += rest.split()
    elif name == "HEALTHCHECK":
        image.health = rest.split("CMD ", 1)[1]
    elif name == "CMD":
        image.command = json.loads(rest)
    else:
        raise AssertionError(f"{name} is not known to these tests")


def _copy(context: Path, words: list[str], target: Path) -> None:
    for pattern in words[:-1]:
        found = [each for each in context.glob(pattern) if not ignored(context, each.name)]
        assert found, f"COPY {pattern}: there is no such file"
        for each in found:
            shutil.copy2(each, target / words[-1])


def _install_python(folder: Path) -> None:
    """Make an environment that sees the packages of this one, its editable ones excepted."""
    venv.create(folder, symlinks=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "those_of_the_tests.pth").write_text("\n".join(site.getsitepackages()))
    for name in PROGRAMS:
        program = folder / "bin" / name
        program.write_text(f'#!/bin/sh\nexec {folder}/bin/python -m {name} "$@"\n')
        program.chmod(0o755)


def wheel(folder: Path, source: Path) -> Path:
    """Build the wheel of the package into ``folder``, without an environment for the build."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    run(command, cwd=source)
    (made,) = folder.glob("*.whl")
    return made
