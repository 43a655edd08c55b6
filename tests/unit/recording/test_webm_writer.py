"""A WebM file of VP8 and Opus that holds what was written, when it was written."""

from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np
import pytest

from gradio_webrtc.recording.audio_track import FRAME_SAMPLES, AudioTrackFrame
from gradio_webrtc.recording.webm_writer import WebmWriter
from tests.support.recognisable_tracks import main_frequency, tone
from tests.support.recordings import decode

SIZE = (64, 48)


def grey(level: int) -> av.VideoFrame:
    array = np.full((SIZE[1] * 3 // 2, SIZE[0]), 128, np.uint8)
    array[: SIZE[1]] = level
    return av.VideoFrame.from_ndarray(array, "yuv420p")


def audio(number: int) -> AudioTrackFrame:
    """Return 20 ms: 400 Hz on the left, 1 kHz on the right."""
    start = number * FRAME_SAMPLES
    both = [tone(frequency, 8000, start, FRAME_SAMPLES) for frequency in (400, 1000)]
    return AudioTrackFrame(np.concatenate(both), start)


def test_audio_and_frames_come_back_at_their_times(tmp_path: Path) -> None:
    path = tmp_path / "a.webm"
    with path.open("wb") as file:
        writer = WebmWriter(file, SIZE, sound=True)
        for number in range(50):
            writer.write_sound(audio(number))
            if number % 10 == 0:
                writer.write_picture(number * 0.02, grey(50 + 3 * number))
        writer.close()
        assert not file.closed
    recorded = decode(path)
    assert recorded.codecs == {"video": "vp8", "audio": "opus"}
    assert recorded.duration == pytest.approx(1.0, abs=0.05)
    assert [time for time, _ in recorded.pictures] == pytest.approx([0, 0.2, 0.4, 0.6, 0.8])
    levels = [picture.mean() for _, picture in recorded.pictures]
    assert (np.diff(levels) > 20).all()
    assert {picture.shape for _, picture in recorded.pictures} == {(48, 64, 3)}
    assert main_frequency(recorded.sound[0, 4800:43_200]) == pytest.approx(400, abs=5)
    assert main_frequency(recorded.sound[1, 4800:43_200]) == pytest.approx(1000, abs=5)


@pytest.mark.parametrize(
    ("size", "sound", "codecs"), [(SIZE, False, {"video": "vp8"}), (None, True, {"audio": "opus"})]
)
def test_a_file_has_only_the_tracks_it_is_for(
    size: tuple[int, int] | None, sound: bool, codecs: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "a.webm"
    with path.open("wb") as file:
        writer = WebmWriter(file, size, sound=sound)
        if sound:
            writer.write_sound(audio(0))
        else:
            writer.write_picture(0.0, grey(100))
        writer.close()
    assert decode(path).codecs == codecs


def test_no_two_frames_share_a_millisecond(tmp_path: Path) -> None:
    path = tmp_path / "a.webm"
    with path.open("wb") as file:
        writer = WebmWriter(file, SIZE, sound=False)
        for time in (0.0, 0.0, 0.0004, 0.5, 0.1):
            writer.write_picture(time, grey(100))
        writer.close()
    with av.open(str(path)) as container:
        times = [round(1000 * float(frame.time or 0.0)) for frame in container.decode(video=0)]
    assert times == [0, 1, 2, 500, 501]


def test_every_four_seconds_a_frame_stands_on_its_own(tmp_path: Path) -> None:
    path = tmp_path / "a.webm"
    with path.open("wb") as file:
        writer = WebmWriter(file, SIZE, sound=False)
        for number in range(20):
            writer.write_picture(number * 0.5, grey(60 + number))
        writer.close()
    with av.open(str(path)) as container:
        keys = [
            float(packet.pts * packet.time_base)
            for packet in container.demux(video=0)
            if packet.is_keyframe and packet.pts is not None and packet.time_base is not None
        ]
    assert keys == pytest.approx([0.0, 4.0, 8.0])


def test_what_is_older_than_a_second_is_in_the_file_before_it_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "a.webm"
    with path.open("wb", buffering=0) as file:
        writer = WebmWriter(file, None, sound=True)
        for number in range(150):
            writer.write_sound(audio(number))
        killed = tmp_path / "killed.webm"
        killed.write_bytes(path.read_bytes())
        writer.close()
    assert decode(killed).sound.shape[1] >= 48_000 * 1.9
    assert decode(path).sound.shape[1] >= 48_000 * 2.9


def test_the_bitrate_is_the_callers_choice(tmp_path: Path) -> None:
    rng, sizes = np.random.default_rng(1), []
    noise = [rng.integers(110, 140, (288, 256), np.uint8) for _ in range(30)]
    for bitrate in (50_000, 2_000_000):
        file = io.BytesIO()
        writer = WebmWriter(file, (256, 192), sound=False, video_bitrate=bitrate)
        for number, array in enumerate(noise):
            writer.write_picture(number / 30, av.VideoFrame.from_ndarray(array, "yuv420p"))
        writer.close()
        sizes.append(len(file.getvalue()))
    assert sizes[1] > 2 * sizes[0]


class FullDisk(io.BytesIO):
    """A file that takes so much and no more."""

    def write(self, data: object) -> int:
        """Refuse what does not fit."""
        if self.tell() > 2000:
            raise OSError(28, "No space left on device")
        return super().write(data)  # type: ignore[arg-type]


def test_a_full_disk_is_an_os_error() -> None:
    writer = WebmWriter(FullDisk(), None, sound=True)

    def write() -> None:
        for number in range(500):
            writer.write_sound(audio(number))

    with pytest.raises(OSError, match="No space left"):
        write()
