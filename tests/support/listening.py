"""Programs that listen on a port: waiting for them, and ending them."""

from __future__ import annotations

import socket
import subprocess
import time
from pathlib import Path

START_SECONDS = 30.0
STOP_SECONDS = 10.0


def wait_for_port(
    program: subprocess.Popen[bytes],
    port: int,
    log: Path,
    address: str = "127.0.0.1",
    seconds: float = START_SECONDS,
) -> None:
    """Wait until ``program`` listens.

    Raises:
        AssertionError: it has ended, or does not within ``seconds``; with what it said.
    """
    deadline = time.monotonic() + seconds
    while True:
        with socket.socket() as probe:
            if probe.connect_ex((address, port)) == 0:
                return
        if program.poll() is not None or time.monotonic() > deadline:
            said = log.read_text(errors="replace") if log.exists() else "nothing"
            raise AssertionError(f"nobody listens at {address}:{port}; it said:\n{said}")
        time.sleep(0.02)


def end_program(program: subprocess.Popen[bytes]) -> None:
    """End ``program``: by force, if it has not ended within ``STOP_SECONDS``. Idempotent."""
    program.terminate()
    try:
        program.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        program.kill()
        program.wait()
