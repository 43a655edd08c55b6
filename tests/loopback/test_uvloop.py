"""Calls on uvloop, which uvicorn takes by itself where it is installed: what asyncio's loop serves,
in sound and pictures, for many, on executors, through relays, and by telephone."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.on_uvloop import FOLDER

ROOT = Path(__file__).parents[2]
CALLS = (
    "test_audio.py",
    "test_video.py",
    "test_reply_on_pause.py",
    "test_shared.py",
    "client/test_call.py",
    "server/sharing/test_shared_sources.py",
    "server/sockets/test_phone_call.py",
    "transports/ice/test_server_candidates.py",
)
SECONDS = 500.0


@pytest.mark.serial
@pytest.mark.timeout(SECONDS + 60)
@pytest.mark.skipif(sys.platform == "win32", reason="there is no uvloop for Windows")
def test_the_same_calls_go_on_uvloop() -> None:
    command = (sys.executable, "-m", "pytest", "-q", "-p", "no:looptime", "-p", "no:xdist")
    environment = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
    ran = subprocess.run(
        [*command, "-p", "tests.support.on_uvloop", *(f"tests/loopback/{name}" for name in CALLS)],
        cwd=ROOT,
        env={**environment, "PYTHONPATH": str(FOLDER)},
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert ran.returncode == 0, ran.stdout[-5_000:] + ran.stderr
    passed = re.search(r"(\d+) passed", ran.stdout)
    assert passed is not None
    assert int(passed[1]) > 60
