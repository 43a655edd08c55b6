"""One session's file: made when it is known what it holds, and playable whatever ends it."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np
import pytest

from gradio_webrtc.handlers.protocol import MediaKind
from gradio_webrtc.media.audio.pcm import Pcm
from gradio_webrtc.media.video.frames import to_frame
from gradio_webrtc.recording.file import RecordingFile
from gradio_webrtc.recording.recorder import create_file
from gradio_webrtc.recording.write_queue import Batch
from tests.support.recognisable_tracks import loudness, main_frequency, tone
from tests.support.recordings import decode

SIDES = ("input", "output")
BOTH: tuple[MediaKind, ...] = ("audio", "video")


def pcm(frequency: float, seconds: float = 1.0) -> Pcm:
    return Pcm(48_000, tone(frequency, 8000, 0, round(48_000 * seconds)))


def picture(width: int, level: int) -> av.VideoFrame:
    return to_frame(np.full((48, width, 3), level, np.uint8))


def recording(
    path: Path, kinds: tuple[MediaKind, ...] = BOTH, sides: tuple[str, ...] = SIDES
) -> RecordingFile:
    return RecordingFile(path, sides, kinds, None, create_file)


def test_without_media_there_is_no_file(tmp_path: Path) -> None:
    file = recording(tmp_path / "a.webm")
    file.write(Batch(now=50.0))
    assert file.finish() == 0.0
    assert not file.there
    assert not list(tmp_path.iterdir())


def test_each_side_is_on_its_own_side_at_its_own_time(tmp_path: Path) -> None:
    path = tmp_path / "a.webm"
    file = recording(path)
    file.write(
        Batch(
            [("input", pcm(400), 100.0), ("output", pcm(1000), 101.0)],
            [("input", picture(64, 200), 100.0), ("output", picture(64, 30), 100.5)],
            102.0,
        )
    )
    assert file.there
    assert file.finish() == pytest.approx(2.0, abs=0.001)
    recorded = decode(path)
    left, right = recorded.sound
    assert main_frequency(left[4800:43_200]) == pytest.approx(400, abs=5)
    assert main_frequency(right[52_800:91_200]) == pytest.approx(1000, abs=5)
    assert loudness(left[52_800:91_200]) < 50
    assert loudness(right[4800:43_200]) < 50
    assert {shown.shape for _, shown in recorded.pictures} == {(48, 128, 3)}
    last = recorded.pictures[-1][1]
    assert last[:, :60].mean() > 170
    assert last[:, 68:].mean() < 60


def test_it_begins_when_every_side_has_shown_itself(tmp_path: Path) -> None:
    file = recording(tmp_path / "a.webm", ("audio",))
    file.write(Batch([("input", pcm(400, 0.2), 100.0)], now=100.2))
    assert not file.there
    file.write(Batch([("output", pcm(400, 0.2), 100.2)], now=101.5))
    assert file.there
    file.finish()


def test_media_that_it_is_not_for_is_left_out(tmp_path: Path) -> None:
    file = recording(tmp_path / "a.webm", ("audio",), ("output",))
    file.write(Batch([("output", pcm(400), 100.0)], [("output", picture(64, 200), 100.0)], 102.0))
    file.finish()
    assert decode(tmp_path / "a.webm").codecs == {"audio": "opus"}


def test_its_file_is_closed_in_the_end(tmp_path: Path) -> None:
    made: list[BinaryIO] = []

    def noted(path: Path) -> BinaryIO:
        made.append(create_file(path))
        return made[-1]

    for number in range(2):
        file = RecordingFile(tmp_path / f"{number}.webm", ("input",), ("audio",), None, noted)
        file.write(Batch([("input", pcm(400), 100.0)], now=102.0))
        if number:
            file.abandon()
        else:
            file.finish()
    assert [each.closed for each in made] == [True, True]


def test_other_rates_are_converted(tmp_path: Path) -> None:
    file = recording(tmp_path / "a.webm", ("audio",), ("input",))
    samples = tone(440, 8000, 0, 48_000)[:, ::2]  # at 24 kHz it sounds as before
    file.write(Batch([("input", Pcm(24_000, samples), 100.0)], now=100.5))
    assert file.finish() == pytest.approx(0.5 * 2, abs=0.01)
    assert main_frequency(decode(tmp_path / "a.webm").sound[0, 4800:40_000]) == pytest.approx(
        440, abs=5
    )


def test_one_that_cannot_be_made_is_an_os_error(tmp_path: Path) -> None:
    def full(path: Path) -> BinaryIO:
        raise OSError(errno.ENOSPC, "No space left on device")

    file = RecordingFile(tmp_path / "a.webm", ("input",), ("audio",), None, full)
    with pytest.raises(OSError, match="No space left"):
        file.write(Batch([("input", pcm(400), 100.0)], now=102.0))
    assert not file.there
    file.abandon()


def test_one_that_was_removed_is_missed_at_the_end(tmp_path: Path) -> None:
    file = recording(tmp_path / "a.webm", ("audio",), ("input",))
    file.write(Batch([("input", pcm(400, 2.0), 100.0)], now=102.0))
    (tmp_path / "a.webm").unlink()
    with pytest.raises(FileNotFoundError, match="was removed while it was written"):
        file.finish()


def test_one_that_is_abandoned_plays_as_far_as_it_goes(tmp_path: Path) -> None:
    file = recording(tmp_path / "a.webm", ("audio",), ("input",))
    file.write(Batch([("input", pcm(400, 3.0), 100.0)], now=103.0))
    file.abandon()
    assert decode(tmp_path / "a.webm").sound.shape[1] >= 48_000 * 1.5
    recording(tmp_path / "b.webm").abandon()  # one that has not begun
