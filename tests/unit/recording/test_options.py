"""What an author may pass as ``record``, and what files are called."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from gradio_webrtc import ConfigurationError, Recording, Stream
from gradio_webrtc.recording.options import as_recording, file_name
from tests.support.echo_handlers import EchoHandler

NOON = datetime(2026, 3, 1, 12, 0, 5, tzinfo=timezone.utc)


def test_a_folder_is_a_recording_of_both_sides(tmp_path: Path) -> None:
    for folder in (tmp_path, str(tmp_path)):
        recording = as_recording(folder)
        assert recording is not None
        assert (Path(recording.folder), recording.side) == (tmp_path, "both")


@pytest.mark.parametrize(
    "options",
    [
        {"side": "left"},
        {"folder": ""},
        {"folder": 5},
        {"folder": __file__},
        {"on_finished": "call me"},
        {"video_bitrate": 0},
        {"video_bitrate": True},
        {"video_bitrate": "1M"},
    ],
)
def test_what_cannot_work_is_refused(options: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"Recording"):
        Recording(**{"folder": tmp_path, **options})


def test_the_folder_is_made_when_the_stream_is(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    Stream(EchoHandler(), modality="audio", record=str(folder))
    assert folder.is_dir()
    assert list(folder.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_refused_when_the_stream_is_made(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match="cannot be written to"):
        Stream(EchoHandler(), modality="audio", record=str(tmp_path / "file" / "folder"))
    with pytest.raises(ConfigurationError, match="cannot be written to"):
        Stream(EchoHandler(), modality="audio", record="/proc/recordings")


@pytest.mark.parametrize(
    ("mode", "side", "sides"),
    [
        ("send-receive", "both", ("input", "output")),
        ("send-receive", "output", ("output",)),
        ("send", "both", ("input",)),
        ("receive", "both", ("output",)),
        ("receive", "output", ("output",)),
    ],
)
def test_both_means_the_sides_there_are(mode: Any, side: Any, sides: Any, tmp_path: Path) -> None:
    assert Recording(tmp_path, side).sides(mode) == sides


@pytest.mark.parametrize(("mode", "side"), [("send", "output"), ("receive", "input")])
def test_a_side_that_is_not_there_is_refused(mode: Any, side: Any, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=f"has no {side} to record"):
        Recording(tmp_path, side).sides(mode)


@pytest.mark.parametrize(
    "webrtc_id", ["../../etc/passwd", "..", "a/b\\c", "C:con", "-rf", ".hidden", "é" * 9, "x" * 128]
)
def test_an_id_cannot_lead_out_of_the_folder(webrtc_id: str, tmp_path: Path) -> None:
    name = file_name(webrtc_id, NOON)
    assert (tmp_path / name).resolve().parent == tmp_path.resolve()
    assert re.fullmatch(r"20260301T120005Z-[A-Za-z0-9_-]{0,40}-[0-9a-f]{16}\.webm", name)


def test_one_id_at_one_time_makes_two_names() -> None:
    assert file_name("a", NOON) != file_name("a", NOON)
