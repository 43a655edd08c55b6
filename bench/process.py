"""A server as a process: starting it, reading its CPU time, stopping it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bench.http_json import request_json
from bench.results import BenchError

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / ".bench"
"""Where logs and the peer's environment are kept; ignored by git."""

START_SECONDS = 60.0
STOP_SECONDS = 3.0
LOG_TAIL = 400

REST_WINDOW = 0.5
"""Seconds over which a server is watched to see whether it is at rest."""
REST_PATIENCE = 10.0
"""Seconds after which it is measured though it is not: a source that viewers have left goes on for
five, and the models of a first conversation take one or two on a machine with other work."""
AT_REST = 5.0
"""Percent of a core that a server without sessions uses at most, the questions included."""


@dataclass(frozen=True)
class Peer:
    """One of the servers that are compared.

    Attributes:
        name: the table's column.
        python: the interpreter that runs it.
        module: the program, run with ``-m`` from the repository's root.
        paths: directories for ``PYTHONPATH``.
    """

    name: str
    python: Path
    module: str
    paths: tuple[Path, ...] = ()


@dataclass(frozen=True)
class CpuMark:
    """A server's CPU time at one moment, both in seconds."""

    cpu: float
    wall: float


class Server:
    """A running server.

    Args:
        peer: which one.
        handlers: names of the handlers it mounts.
        variables: of its environment, beside those of this process.
    """

    def __init__(
        self,
        peer: Peer,
        handlers: Sequence[str],
        variables: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.peer = peer
        self.port = 0
        self._variables = variables
        self._handlers = handlers
        self._process: asyncio.subprocess.Process | None = None
        self._log = WORK / "logs" / f"{peer.name}-{handlers[0]}.txt"

    async def start(self) -> None:
        """Start and wait until it accepts requests.

        Raises:
            BenchError: it did not start.
        """
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                str(self.peer.python),
                "-m",
                self.peer.module,
                "--handlers",
                ",".join(self._handlers),
                cwd=ROOT,
                env=self._environment(),
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
            )
        try:
            self.port = await asyncio.wait_for(self._read_port(), START_SECONDS)
            await self.cpu()
        except asyncio.TimeoutError:
            raise self.failure(f"did not start within {START_SECONDS:g} s") from None

    async def cpu(self) -> CpuMark:
        """Return the process's CPU time so far.

        Raises:
            BenchError: it does not answer.
        """
        answer = await request_json(self.port, "GET", "/bench/cpu")
        return CpuMark(float(answer["cpu"]), float(answer["wall"]))

    async def memory(self) -> int:
        """Return how many bytes of the process are in memory; 0 where nothing tells.

        Raises:
            BenchError: it does not answer.
        """
        return int((await request_json(self.port, "GET", "/bench/memory"))["bytes"])

    async def at_rest(self, most: float = AT_REST) -> bool:
        """Wait until what was begun before is over, whoever began it; return whether it is.

        A server goes on for a while with a source that nobody watches any more, ends threads and
        gives memory back, and loads models beside its first conversation. In a short window that
        is more than what is measured.

        Args:
            most: percent of a core that is used when nothing else goes on.

        Raises:
            BenchError: it does not answer.
        """
        over = time.perf_counter() + REST_PATIENCE
        while time.perf_counter() < over:
            before = await self.cpu()
            await asyncio.sleep(REST_WINDOW)
            if percent(before, await self.cpu(), 1) <= most:
                return True
        return False

    async def turns(self) -> list[dict[str, Any]]:
        """Return the timings that the process took of the turns that are over.

        Raises:
            BenchError: it does not answer.
        """
        turns: list[dict[str, Any]] = (await request_json(self.port, "GET", "/bench/turns"))[
            "turns"
        ]
        return turns

    @property
    def pid(self) -> int:
        """The number of the running process."""
        assert self._process is not None
        return self._process.pid

    async def stop(self) -> None:
        """Stop it, by force when it does not want to."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except asyncio.TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    def log(self) -> str:
        """Return what it has written on its standard error so far."""
        return self._log.read_text(errors="replace").strip()

    def failure(self, why: str) -> BenchError:
        """Return an error with the end of the server's log."""
        text = self.log()
        return BenchError(f"the {self.peer.name} server {why}: {text[-LOG_TAIL:] or 'no log'}")

    async def _read_port(self) -> int:
        assert self._process is not None
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            # An imported package may say something first.
            if line.startswith(b"port "):
                return int(line.split()[1])
        raise self.failure("ended while starting")

    def _environment(self) -> dict[str, str]:
        environment = dict(os.environ)
        environment.pop("PYTHONPATH", None)
        environment["PYTHONPATH"] = os.pathsep.join(str(path) for path in self.peer.paths)
        environment["GRADIO_ANALYTICS_ENABLED"] = "False"
        environment["HF_HUB_OFFLINE"] = "1"
        return {**environment, **self._variables}


def percent(before: CpuMark, after: CpuMark, sessions: int) -> float:
    """Return the CPU used between two marks by each of ``sessions``, in percent of one core."""
    return 100 * (after.cpu - before.cpu) / (after.wall - before.wall) / sessions
