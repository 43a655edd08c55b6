"""Programs that packaging tests run: to their end, or serving until the test has seen enough."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

START_SECONDS = 90
STOP_SECONDS = 20


class ProgramError(AssertionError):
    """A program failed or did not get ready; the text has its output."""


def environment(**changes: str) -> dict[str, str]:
    """Return this process's environment for a child that must stay offline and on its own."""
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH",)}
    return {**kept, "GRADIO_ANALYTICS_ENABLED": "False", "PYTHONUNBUFFERED": "1", **changes}


def run(command: Sequence[str | Path], *, cwd: Path, env: Mapping[str, str] | None = None) -> str:
    """Run ``command`` to its end and return what it printed on standard output.

    Raises:
        ProgramError: it ended with another status than 0.
    """
    result = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environment() if env is None else env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        words = " ".join(str(part) for part in command)
        raise ProgramError(
            f"`{words}` ended with status {result.returncode}\n{result.stdout}\n{result.stderr}"
        )
    return result.stdout


def free_port() -> int:
    """Return a TCP port of the loopback address that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True)
class Program:
    """A running program and the file that its output goes to."""

    process: subprocess.Popen[bytes]
    log: Path

    def output(self) -> str:
        """Return everything it has printed so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def wait_for(self, text: str, seconds: float = START_SECONDS) -> str:
        """Return the first line of output that has ``text``, as soon as there is one.

        Raises:
            ProgramError: it ended, or ``seconds`` went by, before that.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            over = self.process.poll() is not None
            found = [line for line in self.output().splitlines() if text in line]
            if found:
                return found[0]
            if over:
                raise ProgramError(f"The program ended before {text!r}:\n{self.output()}")
            time.sleep(0.05)
        raise ProgramError(f"No {text!r} within {seconds} s:\n{self.output()}")


@contextmanager
def running(
    command: Sequence[str | Path], *, cwd: Path, env: Mapping[str, str], log: Path
) -> Iterator[Program]:
    """Run ``command`` and everything it starts until the block is left."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=default_signals,
        )
        try:
            yield Program(process, log)
        finally:
            _end(process)


def default_signals() -> None:
    """Undo what a shell or ``nohup`` does to what it starts in the background and to its children.

    For ``preexec_fn``: such a process ignores SIGINT and SIGHUP.
    """
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


def _end(process: subprocess.Popen[bytes]) -> None:
    # The whole session: `gradio cc dev` has a Node server and a Python server below it.
    group = process.pid
    if _signal(group, signal.SIGTERM):
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
    _signal(group, signal.SIGKILL)
    process.wait(STOP_SECONDS)


def _signal(group: int, number: signal.Signals) -> bool:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    return True
