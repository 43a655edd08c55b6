import subprocess
import sys
from pathlib import Path

import pytest

from gradio_webrtc.__main__ import main


def test_the_command_is_run_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("from fastrtc import Stream\n")
    done = subprocess.run(
        [sys.executable, "-m", "gradio_webrtc", "migrate", str(tmp_path), "--write"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 change made" in done.stdout
    assert (tmp_path / "app.py").read_text() == "from gradio_webrtc import Stream\n"


def test_other_commands_get_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert main(["nothing"]) == 2
    assert "migrate FOLDER_OR_FILE" in capsys.readouterr().err
    assert main(["--help"]) == 0
    assert "migrate FOLDER_OR_FILE" in capsys.readouterr().out
