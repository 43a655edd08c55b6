"""Ray's workers run functions and generators as they should, and nothing of Ray is left then."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.support.thread_fixtures import wait_until

ROOT = Path(__file__).resolve().parents[4]


def processes_with(text: str) -> list[int]:
    """Return the processes whose command line has ``text``."""
    found = []
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if text.encode() in each.read_bytes():
                found.append(int(each.parent.name))
        except OSError:
            continue
    return found


@pytest.mark.timeout(250)
def test_two_workers_of_ray() -> None:
    # Sockets lie in it, whose paths must be short.
    with tempfile.TemporaryDirectory(prefix="ray", dir="/tmp") as folder:
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),  # where the workers find the tests' functions
            "RAY_AUTH_MODE": "token",
            "RAY_AUTH_TOKEN": secrets.token_hex(32),
            "RAY_FOLDER": folder,
            "RAY_USAGE_STATS_ENABLED": "0",
        }
        tests = Path(__file__).with_name("on_ray.py")
        run = subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "-n",
                "0",
                "-p",
                "no:cacheprovider",
                # Of Ray's own handles of its daemons, which it has ended.
                "-p",
                "no:unraisableexception",
                str(tests),
            ],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=220,
            check=False,
        )
        assert run.returncode == 0, run.stdout + run.stderr
        assert "5 passed" in run.stdout
        wait_until(lambda: not processes_with(folder), 30)
