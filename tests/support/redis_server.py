"""A real Redis that keeps nothing."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.packaging.processes import free_port
from tests.support.debian_programs import REDIS
from tests.support.listening import end_program, wait_for_port


class RedisServer:
    """One that runs.

    Attributes:
        url: where.
    """

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder
        self.start()

    def start(self) -> None:
        """Start it, empty."""
        log = self._folder / "redis.log"
        self._program = subprocess.Popen(
            [
                *(REDIS.find(), "--port", str(self.port), "--bind", "127.0.0.1"),
                *("--save", "", "--appendonly", "no", "--dir", str(self._folder)),
                *("--logfile", str(log), "--daemonize", "no"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for_port(self._program, self.port, log)

    def stop(self) -> None:
        """End it. Idempotent."""
        end_program(self._program)


@contextmanager
def redis_server(folder: Path) -> Iterator[RedisServer]:
    """Run one until the block ends, with its files in ``folder``."""
    server = RedisServer(folder)
    try:
        yield server
    finally:
        server.stop()
