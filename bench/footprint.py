"""What a package weighs, in the interpreter that runs this: seconds to import it, bytes installed.

``PYTHON bench/footprint.py imports FIRST THEN`` and ``... sizes NAME BASE`` print JSON.
Run as a file, so that it works in environments that have nothing of this project.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

UNCOMPILED = "PYTHONDONTWRITEBYTECODE"

TIMED = """
import json, time
began = time.perf_counter()
{first}
between = time.perf_counter()
{then}
print(json.dumps([between - began, time.perf_counter() - between]))
"""


def import_seconds(first: str, then: str) -> tuple[float, float]:
    """Return how long two statements take, one after the other in a fresh interpreter."""
    program = TIMED.format(first=first, then=then)
    words = [sys.executable, "-c", program]
    # As people have it: what was installed for them is compiled, and what they wrote after a run.
    kept = {name: value for name, value in os.environ.items() if name != UNCOMPILED}
    done = subprocess.run(words, capture_output=True, text=True, check=True, env=kept)
    # What is imported may say something first.
    took, more = json.loads(done.stdout.splitlines()[-1])
    return took, more


def added_bytes(name: str, base: str) -> dict[str, int]:
    """Return the installed bytes of what ``name`` needs and ``base`` does not, by distribution.

    Extras count where they are required; ``name`` itself is left out.
    """
    needed = required(name) - required(base) - {normal(name), normal(base)}
    return {one: installed_bytes(one) for one in sorted(needed)}


def required(name: str, extras: frozenset[str] = frozenset()) -> set[str]:
    """Return the names of what is installed of a distribution's needs, and of theirs in turn."""
    found: set[str] = set()
    todo = [(normal(name), extras)]
    seen: set[tuple[str, frozenset[str]]] = set()
    while todo:
        one = todo.pop()
        if one in seen:
            continue
        seen.add(one)
        try:
            wanted = distribution(one[0]).requires or []
        except PackageNotFoundError:
            continue  # for another system or version of Python
        found.add(one[0])
        for text in wanted:
            requirement = Requirement(text)
            marker = requirement.marker
            if marker is None or any(marker.evaluate({"extra": e}) for e in ("", *one[1])):
                todo.append((normal(requirement.name), frozenset(requirement.extras)))
    return found


def installed_bytes(name: str) -> int:
    """Return the size of a distribution's files, without compiled Python."""
    files = distribution(name).files or []
    paths = [Path(str(file.locate())) for file in files if "__pycache__" not in file.parts]
    return sum(path.stat().st_size for path in paths if path.is_file())


def normal(name: str) -> str:
    """Return a distribution's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def main() -> None:
    """Print what was asked for."""
    what, *words = sys.argv[1:]
    if what == "imports":
        sys.stdout.write(json.dumps(import_seconds(*words)))
    else:
        sys.stdout.write(json.dumps(added_bytes(*words)))


if __name__ == "__main__":
    main()
