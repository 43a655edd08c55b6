"""Programs of a cell: bounded in time, ended with all they started, their failure in a line."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

_LONGEST = 160
_FIRST = (
    re.compile(r"^(?:FAILED|ERROR) (\S+::.*)$", re.MULTILINE),  # a test, as pytest's summary has it
    re.compile(r"^ERROR (tests/.*)$", re.MULTILINE),  # a file of tests that cannot be imported
    re.compile(r"^ERROR: (.*)$", re.MULTILINE),  # pip
    re.compile(r"^error: (.*)$", re.MULTILINE),
)


class StepError(RuntimeError):
    """A step of a cell failed; the text is one line."""


class Deadline:
    """When a cell has to be over.

    Args:
        seconds: from now on.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._at = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds that remain, at least a little, so that a program is asked at all."""
        return max(self._at - time.monotonic(), 0.1)

    def __str__(self) -> str:
        return f"{self._seconds:.0f} s"


def run(
    step: str,
    command: Sequence[str | Path],
    *,
    cwd: Path,
    deadline: Deadline,
    log: Path | None = None,
) -> str:
    """Run ``command`` to its end and return what it printed.

    Args:
        step: what it does, which begins the text of an error.
        command: the program and its arguments.
        cwd: where it runs.
        deadline: when it is killed, with everything it has started.
        log: a file to which its output is added.

    Raises:
        StepError: it failed, or was not done in time.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=cwd,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        late = False
        try:
            process.wait(deadline.left)
        except subprocess.TimeoutExpired:
            late = True
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        output.seek(0)
        text = output.read()
    if log is not None:
        with log.open("a", encoding="utf-8") as file:
            file.write(f"--- {step}: {' '.join(str(part) for part in command)}\n{text}\n")
    if late:
        raise StepError(f"{step}: not done within {deadline}")
    if process.returncode != 0:
        raise StepError(f"{step}: {reason(text, process.returncode)}")
    return text


def reason(output: str, status: int) -> str:
    """Return in one line why a program failed: what ended it, or the first error it tells of."""
    if status < 0:
        with suppress(ValueError):
            return f"killed by {signal.Signals(-status).name}"
    for pattern in _FIRST:
        if found := pattern.search(output):
            return _short(found[1])
    lines = [line for line in output.splitlines() if line.strip()]
    return _short(lines[-1]) if lines else f"ended with status {status}"


def _short(line: str) -> str:
    line = " ".join(line.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 3]}..."


def _environment() -> dict[str, str]:
    """Return the environment of a cell: nothing of the one that this runs in gets into it."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PYTHONWARNINGS")
    }
    return {
        **kept,
        "GRADIO_ANALYTICS_ENABLED": "False",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INPUT": "1",
        "PYTHONFAULTHANDLER": "1",
        "PYTHONUNBUFFERED": "1",
    }
