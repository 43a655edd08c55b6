"""A process that dies leaves a file that plays; one that is told to end leaves a complete one."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import recording_server
from tests.support.recognisable_tracks import purity
from tests.support.recordings import decode

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("how", "complete"), [(signal.SIGKILL, False), (signal.SIGINT, True)], ids=["kill", "interrupt"]
)
def test_a_process_that_ends_in_a_call(tmp_path: Path, how: signal.Signals, complete: bool) -> None:
    server = subprocess.Popen(
        [sys.executable, "-m", recording_server.__name__, str(tmp_path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert server.stdout is not None
    with server.stdout, server:
        said = server.stdout.readline()
        server.send_signal(how)
        server.wait(60)
    assert said == b"recorded\n"
    [path] = tmp_path.iterdir()
    recorded = decode(path)
    assert (recorded.duration is not None) == complete
    # At most about two seconds are lost: what is held back, and a cluster that is not full.
    seconds = recorded.sound.shape[1] / 48_000
    assert seconds > recording_server.SECONDS - (0.5 if complete else 2.5)
    assert purity(recorded.sound[0, 24_000:-24_000], 440) > 0.9
