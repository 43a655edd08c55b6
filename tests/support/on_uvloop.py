"""Pytest plugin: tests run on uvloop, as what uvicorn serves where uvloop is installed.

uvloop is kept beside the environment's packages: among them uvicorn would take it for everything.
``python -m tests.support.on_uvloop`` is the step of ``make test`` that installs it.
"""

from __future__ import annotations

import asyncio
import importlib
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

FOLDER = Path(sys.prefix) / "uvloop"
"""What ``PYTHONPATH`` has to name."""
REQUIREMENT = "uvloop>=0.21,<1"


def pytest_configure(config: pytest.Config) -> None:
    """Know the mark of looptime, which cannot be on with another loop than asyncio's."""
    config.addinivalue_line("markers", "looptime: tests on asyncio's loop with a virtual clock")


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Tell pytest-asyncio which loop there is."""
    # By name: nothing that checks types has it among the environment's packages.
    return {"uvloop": importlib.import_module("uvloop").new_event_loop}


def main() -> None:
    """Install uvloop unless it is there; there is none for Windows."""
    if sys.platform != "win32" and not (FOLDER / "uvloop").exists():
        pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
        subprocess.run([*pip, "--target", str(FOLDER), REQUIREMENT], check=True)


if __name__ == "__main__":
    main()
