"""Which recorder a session gets, and how its file is made; its work is in tests/session."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.handlers.protocol import MediaKind, Mode
from gradio_webrtc.media.audio.pcm import Pcm
from gradio_webrtc.recording.options import RecordedSide, Recording
from gradio_webrtc.recording.recorder import (
    FileRecorder,
    NoRecorder,
    create_file,
    make_recorder,
)
from tests.support.recognisable_tracks import loudness, tone
from tests.support.recordings import decode

AUDIO: tuple[MediaKind, ...] = ("audio",)
PCM = Pcm(48_000, tone(400, 8000, 0, 4800))


async def test_without_a_recording_nothing_is_recorded(tmp_path: Path) -> None:
    recorder = make_recorder(None, "send", AUDIO, "somebody")
    assert isinstance(recorder, NoRecorder)
    recorder.audio_received(PCM)
    recorder.audio_sent(PCM)
    await recorder.aclose()
    assert not os.listdir(tmp_path)


async def test_a_file_is_named_after_its_session_and_made_with_the_first_media(
    tmp_path: Path,
) -> None:
    recorder = make_recorder(Recording(tmp_path / "deep" / "er"), "send", AUDIO, "some/body")
    assert isinstance(recorder, FileRecorder)
    assert not os.listdir(tmp_path)
    recorder.audio_received(PCM)
    await recorder.aclose()
    assert os.listdir(tmp_path / "deep" / "er") == [recorder.path.name]
    assert "-some-body-" in recorder.path.name


@pytest.mark.parametrize(
    ("side", "mode"), [("input", "send-receive"), ("output", "send-receive"), ("both", "receive")]
)
async def test_only_the_side_that_is_wanted_is_recorded(
    side: RecordedSide, mode: Mode, tmp_path: Path
) -> None:
    recorder = make_recorder(Recording(tmp_path, side), mode, AUDIO, "somebody")
    assert isinstance(recorder, FileRecorder)
    silent = Pcm(48_000, np.zeros((1, 4800), np.int16))
    recorder.audio_received(PCM if side == "input" else silent)
    recorder.audio_sent(silent if side == "input" else PCM)
    await recorder.aclose()
    assert all(loudness(channel[:9600]) > 100 for channel in decode(recorder.path).sound)


async def test_a_side_that_a_stream_does_not_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="has no output to record"):
        make_recorder(Recording(tmp_path, "output"), "send", AUDIO, "somebody")


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.webm"
    with create_file(path) as file:
        file.write(b"1")
        assert path.read_bytes() == b"1"  # not held back in a buffer of the process
        assert os.fstat(file.fileno()).st_size == 1
    with pytest.raises(FileExistsError):
        create_file(path)
