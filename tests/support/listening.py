"""Waiting for a program that listens on a port."""

from __future__ import annotations

import socket
import subprocess
import time
from pathlib import Path

START_SECONDS = 30.0


def wait_for_port(
    program: subprocess.Popen[bytes], port: int, log: Path, address: str = "127.0.0.1"
) -> None:
    """Wait until ``program`` listens.

    Raises:
        AssertionError: it has ended, or does not within ``START_SECONDS``; with what it said.
    """
    deadline = time.monotonic() + START_SECONDS
    while True:
        with socket.socket() as probe:
            if probe.connect_ex((address, port)) == 0:
                return
        if program.poll() is not None or time.monotonic() > deadline:
            said = log.read_text(errors="replace") if log.exists() else "nothing"
            raise AssertionError(f"nobody listens at {address}:{port}; it said:\n{said}")
        time.sleep(0.02)
