"""What a cell of the matrix of hosts runs ends in time, with all it started, and says why."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from proof.hosts.commands import Deadline, StepError, reason, run

PYTEST = """
tests/unit/test_a.py::test_one FAILED
=========================== short test summary info ============================
FAILED tests/unit/test_a.py::test_one - assert 1 == 2
FAILED tests/unit/test_a.py::test_two - assert 1 == 3
!!!!!!!!!!!!!!!!!!!!!!!!!! stopping after 1 failures !!!!!!!!!!!!!!!!!!!!!!!!!!!
1 failed in 0.1s
"""
NOT_COLLECTED = """
ERROR collecting tests/unit/test_b.py
E   ModuleNotFoundError: No module named 'nothing'
=========================== short test summary info ============================
ERROR tests/unit/test_b.py - ModuleNotFoundError: No module named 'nothing'
1 error in 0.1s
"""
PIP = """
  error: subprocess-exited-with-error
ERROR: Cannot install a==1 and b==2 because these package versions have conflicting dependencies.
ERROR: ResolutionImpossible: for help visit the manual
"""
TRACEBACK = """Traceback (most recent call last):
  File "smoke.py", line 1, in <module>
ImportError: numpy.core.multiarray failed to import
"""


@pytest.mark.parametrize(
    ("output", "status", "why"),
    [
        (PYTEST, 1, "tests/unit/test_a.py::test_one - assert 1 == 2"),
        (NOT_COLLECTED, 2, "tests/unit/test_b.py - ModuleNotFoundError: No module named 'nothing'"),
        (
            PIP,
            1,
            "Cannot install a==1 and b==2 because these package versions have conflicting "
            "dependencies.",
        ),
        (TRACEBACK, 1, "ImportError: numpy.core.multiarray failed to import"),
        ("Fatal Python error: Segmentation fault", -signal.SIGSEGV, "killed by SIGSEGV"),
        ("", 3, "ended with status 3"),
    ],
)
def test_why_it_failed_is_the_first_error_in_one_line(output: str, status: int, why: str) -> None:
    assert reason(output, status) == why


def test_a_reason_is_short_enough_for_a_table() -> None:
    assert len(reason("x" * 1_000, 1)) == 160


def test_output_is_returned_and_logged_and_nothing_of_this_environment_gets_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    log = tmp_path / "log"
    command = [sys.executable, "-c", "import sys; print('/elsewhere' in sys.path)"]
    assert run("it", command, cwd=tmp_path, deadline=Deadline(60), log=log) == "False\n"
    assert "--- it: " in log.read_text()
    assert "\nFalse\n" in log.read_text()


def test_a_failure_names_the_step(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "raise SystemExit('nothing is right')"]
    with pytest.raises(StepError, match=r"^tests: nothing is right$"):
        run("tests", command, cwd=tmp_path, deadline=Deadline(60))


LASTING = "sleep 600 & echo $! > child; mv child started; "


class _AtTheStart(Deadline):
    """Is over as soon as the program has started what it starts."""

    def __init__(self, started: Path) -> None:
        super().__init__(60)
        self._started = started

    @property
    def left(self) -> float:
        _until(self._started.exists)
        return 0.01


def test_a_step_that_is_late_is_ended_with_all_it_started(tmp_path: Path) -> None:
    started = tmp_path / "started"
    command = ["sh", "-c", LASTING + "sleep 600"]
    with pytest.raises(StepError, match=r"^it: not done within 60 s$"):
        run("it", command, cwd=tmp_path, deadline=_AtTheStart(started))
    _until(lambda: not _runs(int(started.read_text())))


def test_what_a_step_leaves_running_is_ended_too(tmp_path: Path) -> None:
    run("it", ["sh", "-c", LASTING], cwd=tmp_path, deadline=Deadline(60))
    _until(lambda: not _runs(int((tmp_path / "started").read_text())))


def _until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _runs(pid: int) -> bool:
    """Say whether the process is there and no zombie that nobody has collected."""
    try:
        os.kill(pid, 0)
        stat = Path(f"/proc/{pid}/stat")
        return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
