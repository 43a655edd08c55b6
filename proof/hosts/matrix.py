"""Makes the environment of each cell, and tries the package in it."""

from __future__ import annotations

import json
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from proof.hosts.bounds import VARIED, Bounds, NoVersionError, declared
from proof.hosts.cells import OLDEST, Cell, Python, cells, found_pythons
from proof.hosts.commands import Deadline, StepError, run
from proof.hosts.results import Result

ROOT = Path(__file__).resolve().parents[2]

CELL_SECONDS = 1_200.0
"""What a cell may take. Most of it is installing; the tests take one to three minutes alone."""

UNIT_TESTS = (
    "tests/unit/media",
    "tests/unit/recording",
    "tests/unit/transports",
    "tests/unit/gradio_events",
    "tests/unit/session",
    "tests/unit/test_component.py",
    "tests/unit/test_public_names.py",
    "tests/unit/test_stream.py",
    "tests/session/session",
)
"""What touches the four packages and Python itself the most, and what stands for the rest."""

LOOPBACK_TESTS = (
    "tests/loopback/test_audio.py",
    "tests/loopback/test_gradio_app.py",
    "tests/loopback/test_video.py",
)
"""Real connections, which the media of PyAV and aiortc go through."""

SMOKE = Path(__file__).resolve().parent / "smoke.py"


def tried(
    chosen: Iterable[Cell] | None = None,
    *,
    seconds: float = CELL_SECONDS,
    log: Path | None = None,
    told: Callable[[Result], object] = lambda result: sys.stderr.write(f"{result}\n"),
) -> list[Result]:
    """Try the chosen cells, one after the other.

    Args:
        chosen: all of them for ``None``.
        seconds: that each may take.
        log: a file to which all output is added.
        told: is called with each result as soon as it is there.
    """
    pythons, bounds = found_pythons(), declared()
    results: list[Result] = []
    with tempfile.TemporaryDirectory(prefix="hosts-") as folder:
        wheel: Path | None = None
        for cell in cells() if chosen is None else chosen:
            python = pythons.get(cell.python)
            if python is None:
                result = Result(cell)
            else:
                wheel = wheel or _wheel(Path(folder), Deadline(seconds), log)
                result = _Trial(cell, python, bounds, wheel, Deadline(seconds), log).result()
            told(result)
            results.append(result)
    return results


def _wheel(folder: Path, deadline: Deadline, log: Path | None) -> Path:
    """Build what is installed in every cell, so that it is the same and built once."""
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "--wheel-dir",
        folder,
        ROOT,
    ]
    run("wheel", command, cwd=ROOT, deadline=deadline, log=log)
    return next(folder.glob("*.whl"))


class _Trial:
    """One cell, in an environment that is gone afterwards."""

    def __init__(
        self,
        cell: Cell,
        python: Python,
        bounds: Bounds,
        wheel: Path,
        deadline: Deadline,
        log: Path | None,
    ) -> None:
        self._cell, self._python, self._bounds = cell, python, bounds
        self._wheel, self._deadline, self._log = wheel, deadline, log
        self._versions: dict[str, str] = {}

    def result(self) -> Result:
        began = time.monotonic()
        reason = ""
        with tempfile.TemporaryDirectory(prefix="hosts-cell-") as name:
            folder = Path(name)
            try:
                self._install(folder)
                program = folder / "venv" / "bin" / "python"
                self._run("an echo", program, SMOKE)
                self._run("unit tests", program, *_PYTEST, *UNIT_TESTS)
                self._run("loopback tests", program, *_PYTEST, *LOOPBACK_TESTS)
            except (StepError, NoVersionError) as error:
                reason = str(error)
        taken = time.monotonic() - began
        return Result(self._cell, self._python.version, reason, self._versions, taken)

    def _install(self, folder: Path) -> None:
        self._run("environment", self._python.program, "-m", "venv", folder / "venv")
        program = folder / "venv" / "bin" / "python"
        pip = (program, "-m", "pip")
        # Older ones list versions without regard to what there are wheels of.
        self._run("pip", *pip, "install", "--quiet", "--upgrade", "pip")
        pins: list[str] = []
        if self._cell.packages == OLDEST:
            pins = self._bounds.oldest(lambda name: self._wheels_of(name, *pip))
        wanted: list[str | Path] = [self._wheel, *pins, *self._bounds.test_needs]
        self._run("install", *pip, "install", "--quiet", "--prefer-binary", *wanted)
        listed = json.loads(self._run("versions", program, "-c", _VERSIONS, *VARIED))
        self._versions = {name: str(listed[name]) for name in VARIED}

    def _wheels_of(self, package: str, *pip: str | Path) -> list[str]:
        command = (*pip, "index", "versions", package, "--only-binary", ":all:")
        return listed_versions(self._run(f"versions of {package}", *command))

    def _run(self, step: str, *command: str | Path) -> str:
        return run(step, command, cwd=ROOT, deadline=self._deadline, log=self._log)


_VERSIONS = (
    "import json, sys; from importlib.metadata import version; "
    "print(json.dumps({name: version(name) for name in sys.argv[1:]}))"
)

_PYTEST = (
    "-m",
    "pytest",
    "--quiet",
    "--exitfirst",
    "-p",
    "no:cacheprovider",
    "-m",
    "not serial",
    # What old packages are told by new ones is no failure of this one.
    "-W",
    "ignore::DeprecationWarning",
)


def listed_versions(output: str) -> list[str]:
    """Read the versions from what ``pip index versions`` prints."""
    found = re.search(r"^Available versions: (.*)$", output, re.MULTILINE)
    return found[1].split(", ") if found else []
