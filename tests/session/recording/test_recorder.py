"""Recorded files, on a virtual clock: minutes of media in seconds, every moment exact."""

from __future__ import annotations

import asyncio
import errno
import io
import logging
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pytest
from av import VideoFrame

from gradio_webrtc.media.audio.pcm import Pcm
from gradio_webrtc.media.video.frames import to_frame
from gradio_webrtc.recording.options import OnFinished, Recording
from gradio_webrtc.recording.recorder import FileRecorder, create_file
from tests.support.recognisable_tracks import tone
from tests.support.recordings import Recorded, decode
from tests.support.sync_tracks import picture

pytestmark = pytest.mark.looptime

BOTH = ("input", "output")
FRAMES = {on: to_frame(picture(on)) for on in (False, True)}
LOUD, QUIET = Pcm(48_000, tone(400, 8000, 0, 960)), Pcm(48_000, np.zeros((1, 960), np.int16))

Schedule = Callable[[float], "bool | None"]


@dataclass
class Received:
    """What a transport tells of a picture."""

    frame: VideoFrame
    delay: float = 0.0


def every(period: float) -> Schedule:
    return lambda time: int(time / period) % 2 == 1


def never(time: float) -> None:
    return None


def recorder_in(folder: Path, **options: Any) -> FileRecorder:
    kinds = options.pop("kinds", ("audio", "video"))
    sides = options.pop("sides", BOTH)
    open_file = options.pop("open_file", create_file)
    return FileRecorder(Recording(folder, **options), sides, kinds, "a", open_file)


def caught_up(recorder: FileRecorder) -> None:
    """Wait, in real time, until the thread has taken what was put."""
    deadline = time.monotonic() + 60
    while recorder._inbox._pictures or recorder._inbox._sounds:
        assert time.monotonic() < deadline
        time.sleep(0.0005)


async def play(
    recorder: FileRecorder,
    seconds: float,
    *,
    heard: Schedule = never,
    seen: Schedule = never,
    said: Schedule = never,
    shown: Schedule = never,
    wait: bool = True,
) -> None:
    """Let a session happen: each schedule says what its side does, every 20 ms."""
    for number in range(round(seconds * 50)):
        at = number * 0.02
        if (on := said(at)) is not None:
            recorder.audio_sent(LOUD if on else QUIET)
        if number % 2 == 0 and (on := shown(at)) is not None:
            recorder.video_sent(FRAMES[on])
        if number % 2 == 0 and (on := seen(at)) is not None:
            recorder.video_received(Received(FRAMES[on]))
        await asyncio.sleep(0.02)
        if (on := heard(at)) is not None:
            recorder.audio_received(LOUD if on else QUIET)
        if wait:
            caught_up(recorder)


def noting(paths: list[Path]) -> OnFinished:
    """Return an async function: a virtual clock does not wait for the thread of a sync one."""

    async def on_finished(path: Path, webrtc_id: str) -> None:
        paths.append(path)

    return on_finished


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def only_file(folder: Path) -> Recorded:
    [path] = files(folder)
    return decode(path)


def assert_in_sync(sound: list[float], pictures: list[float], count: int) -> None:
    """Check that every change of one is a change of the other, within 80 ms; usually far less."""
    assert len(sound) == len(pictures) == count
    apart = np.abs(np.subtract(sound, pictures))
    assert apart.max() < 0.08
    assert np.median(apart) < 0.04


async def test_what_belonged_together_stays_together(tmp_path: Path) -> None:
    recorder = recorder_in(tmp_path)
    person, app = every(0.5), every(0.72)
    await play(recorder, 20, heard=person, seen=person, said=app, shown=app)
    await recorder.aclose()
    recorded = only_file(tmp_path)
    assert recorded.duration == pytest.approx(20, abs=0.1)
    assert recorded.codecs == {"audio": "opus", "video": "vp8"}
    assert_in_sync(recorded.sound_edges(0), recorded.picture_edges(0, 0.5), 39)
    assert_in_sync(recorded.sound_edges(1), recorded.picture_edges(0.5, 1), 27)
    assert recorded.sound_edges(0) == pytest.approx(np.arange(1, 40) * 0.5, abs=0.04)


async def test_silences_and_frozen_pictures_last_as_long_as_they_lasted(tmp_path: Path) -> None:
    """First the picture freezes for five seconds, then the sound stops, then everything."""
    recorder = recorder_in(tmp_path, sides=("input",))
    flashes = every(0.5)

    def heard(at: float) -> bool | None:
        return None if 9.6 <= at < 14.6 or 18.6 <= at < 24 else flashes(at)

    def seen(at: float) -> bool | None:
        return None if 2.6 <= at < 7.6 or 18.6 <= at < 24 else flashes(at)

    await play(recorder, 28, heard=heard, seen=seen)
    await recorder.aclose()
    recorded = only_file(tmp_path)
    assert recorded.duration == pytest.approx(28, abs=0.1)
    sound, pictures = recorded.sound_edges(0), recorded.picture_edges(0, 1)
    # Nothing differs before, between and after: the edges are where they were.
    for edges in (sound, pictures):
        assert {round(edge * 2) / 2 for edge in edges} >= {0.5, 1, 2, 8.5, 15.5, 16, 25, 27.5}
        settled = [edge for edge in edges if edge < 2.5 or 8 <= edge < 9.5 or edge > 24.5]
        assert [edge % 0.5 for edge in settled] == pytest.approx([0] * len(settled), abs=0.05)
    assert not [edge for edge in pictures if 3 < edge < 7.5]
    assert not [edge for edge in sound if 10 < edge < 14.5]
    assert (
        max(later - earlier for earlier, later in pairwise([t for t, _ in recorded.pictures])) < 2
    )


async def test_a_session_that_never_carried_media_leaves_nothing(tmp_path: Path) -> None:
    finished: list[Path] = []
    recorder = recorder_in(tmp_path, on_finished=noting(finished))
    await asyncio.sleep(60)
    await recorder.aclose()
    await recorder.aclose()
    assert files(tmp_path) == finished == []


async def test_a_moment_is_a_file_too(tmp_path: Path) -> None:
    recorder = recorder_in(tmp_path, kinds=("video",))
    recorder.video_received(Received(FRAMES[True]))
    await recorder.aclose()
    recorded = only_file(tmp_path)
    assert recorded.pictures[0][1][:, :160].mean() > 200


async def test_sound_alone_has_no_picture_track(tmp_path: Path) -> None:
    recorder = recorder_in(tmp_path, kinds=("audio",), sides=("output",))
    await play(recorder, 3, said=every(0.5), heard=every(0.3))
    await recorder.aclose()
    recorded = only_file(tmp_path)
    assert recorded.codecs == {"audio": "opus"}
    assert recorded.sound_edges(0) == pytest.approx([0.5, 1, 1.5, 2, 2.5], abs=0.04)
    assert recorded.sound_edges(1) == pytest.approx([0.5, 1, 1.5, 2, 2.5], abs=0.04)


async def test_a_received_picture_is_dated_back_by_what_it_was_held(tmp_path: Path) -> None:
    recorder = recorder_in(tmp_path, kinds=("video",), sides=("input",))
    recorder.video_received(Received(FRAMES[False]))
    await asyncio.sleep(1)
    recorder.video_received(Received(FRAMES[True], delay=0.1))
    await asyncio.sleep(1)
    recorder.video_received(Received(FRAMES[True]))
    await recorder.aclose()
    assert only_file(tmp_path).picture_edges(0, 1) == pytest.approx([0.9], abs=0.005)


# -- disks that fail ---------------------------------------------------------------------------


class FullDisk(io.FileIO):
    """A file whose disk is full after 20 kB."""

    def write(self, data: Any) -> int:
        if self.tell() + len(data) > 20_000:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(data)


async def test_a_full_disk_ends_the_recording_and_is_logged_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    finished: list[Path] = []
    recorder = recorder_in(
        tmp_path,
        open_file=lambda path: FullDisk(path, "xb"),
        on_finished=noting(finished),
    )
    await play(recorder, 20, heard=every(0.5), seen=every(0.5))
    await recorder.aclose()
    [record] = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert "ended early, the stream goes on" in record.message
    assert "No space left on device" in record.message
    assert finished == [recorder.path]
    # What was written plays.
    assert decode(recorder.path).sound.shape[1] > 0


async def test_a_folder_that_cannot_be_made_is_logged_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "there"
    recorder = recorder_in(folder)
    folder.touch()
    await play(recorder, 5, heard=every(0.5))
    await recorder.aclose()
    [record] = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert str(folder) in record.message


async def test_a_folder_that_vanished_is_made_again(tmp_path: Path) -> None:
    folder = tmp_path / "there"
    recorder = recorder_in(folder)
    shutil.rmtree(folder, ignore_errors=True)
    await play(recorder, 2, heard=every(0.5))
    await recorder.aclose()
    assert only_file(folder).duration == pytest.approx(2, abs=0.1)


async def test_a_file_that_vanished_while_it_was_written_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    recorder = recorder_in(tmp_path / "there")
    await play(recorder, 4, heard=every(0.5))
    shutil.rmtree(tmp_path / "there")
    await play(recorder, 2, heard=every(0.5))
    await recorder.aclose()
    [record] = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert "was removed while it was written" in record.message


class StuckDisk(io.FileIO):
    """A file whose disk does not answer until it is let go."""

    def __init__(self, path: Path, answers: threading.Event) -> None:
        super().__init__(path, "xb")
        self._answers = answers

    def write(self, data: Any) -> int:
        assert self._answers.wait(60)
        return super().write(data)


async def test_a_stuck_disk_holds_up_nobody_and_what_is_lost_is_counted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    answers = threading.Event()

    def open_file(path: Path) -> BinaryIO:
        return StuckDisk(path, answers)

    recorder = recorder_in(tmp_path, open_file=open_file)
    flashes = every(0.5)
    start = time.monotonic()
    await play(recorder, 30, heard=flashes, seen=flashes, said=flashes, shown=flashes, wait=False)
    # 30 seconds of media were put while nothing was written.
    assert time.monotonic() - start < 20
    waiting = recorder._inbox
    assert len(waiting._pictures) <= 15
    assert len(waiting._sounds) <= 1000
    assert waiting.dropped_pictures > 500
    answers.set()
    await recorder.aclose()
    recorded = only_file(tmp_path)
    # The time itself is not lost, and the end is where it was.
    assert recorded.duration == pytest.approx(30, abs=0.1)
    assert [edge % 0.5 for edge in recorded.sound_edges(0)[-8:]] == pytest.approx([0] * 8, abs=0.05)
    warnings = [record.message for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(warnings) == 2
    assert "cannot keep up" in warnings[0]
    assert f"lacks {waiting.dropped_pictures} pictures" in warnings[1]
