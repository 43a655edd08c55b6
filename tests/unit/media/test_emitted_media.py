"""Media that user code emitted: its shape is known at once, its values as they are played."""

from __future__ import annotations

import av
import numpy as np
import pytest
from PIL import Image

from gradio_webrtc.errors import MediaFormatError
from gradio_webrtc.media.emitted_media import (
    BLOCK_SECONDS,
    EmittedAudio,
    EmittedVideo,
    parse_audio,
    parse_video,
)
from gradio_webrtc.media.timed_media import TimedPicture

RATE = 1_000


def test_audio_keeps_its_samples_uncopied() -> None:
    samples = np.zeros((2, 50), np.int16)
    audio = parse_audio((RATE, samples), 1.5)
    assert audio.samples is samples
    assert (audio.duration, audio.time) == (0.05, 1.5)
    assert np.shares_memory(next(audio.pieces(BLOCK_SECONDS)).samples, samples)


def test_interleaved_stereo_is_half_as_long() -> None:
    assert parse_audio((RATE, np.zeros(50, np.int16), "stereo")).duration == 0.025


def test_long_audio_comes_in_blocks_that_are_checked_one_by_one() -> None:
    samples = np.zeros(round(2.5 * BLOCK_SECONDS * RATE))
    samples[round(1.5 * BLOCK_SECONDS * RATE)] = np.nan
    blocks = parse_audio((RATE, samples), origin="Robot.emit").pieces(BLOCK_SECONDS)
    first = next(blocks)
    assert (first.duration, first.samples.dtype) == (BLOCK_SECONDS, np.float32)
    with pytest.raises(MediaFormatError, match=r"NaN.* It came from Robot\.emit\.$"):
        next(blocks)


def test_a_long_chunk_can_be_taken_in_pieces() -> None:
    audio = parse_audio((8_000, np.arange(2_500, dtype=np.int16)))
    pieces = list(audio.pieces(0.1))
    assert [piece.samples.shape[1] for piece in pieces] == [800, 800, 800, 100]
    assert np.array_equal(np.concatenate([p.samples for p in pieces], axis=1), audio.samples)
    assert audio.duration == pytest.approx(0.3125)


def test_audio_without_samples_has_no_pieces() -> None:
    audio = EmittedAudio(RATE, np.zeros((1, 0), np.int16))
    assert (audio.duration, list(audio.pieces(BLOCK_SECONDS))) == (0.0, [])


def test_pictures_are_kept_as_they_are_until_they_are_shown() -> None:
    array = np.zeros((4, 6, 3), np.uint8)
    frame = av.VideoFrame(64, 48, "yuv420p")
    image = Image.new("RGBA", (6, 4))
    for picture, size in ((array, 72), (frame, 64 * 48 * 3 // 2), (image, 72)):
        video = parse_video(picture, "bgr24")
        assert video.picture is picture
        assert video.nbytes == size
    assert parse_video(array, "bgr24").frame_format == "bgr24"
    assert parse_video(array[:, :, 0], "bgr24").frame_format == "gray"


def test_a_picture_gets_a_time() -> None:
    video = parse_video(np.zeros((2, 2), np.uint8))
    assert video.time is None
    assert (video.at(2.0).time, video.at(2.0).picture) == (2.0, video.picture)


@pytest.mark.parametrize(
    ("picture", "words"),
    [
        (np.zeros((4, 6, 3)), "float64"),
        ("a picture", "got str: convert it"),
        (TimedPicture(np.zeros((4, 4), np.uint8), 0.0), "got TimedPicture"),
        (Image.new("L", (9_000, 2)), r"got shape \(2, 9000\)"),
        (Image.new("RGB", (9_000, 2)), r"got shape \(2, 9000, 3\)"),
    ],
)
def test_what_is_no_picture_is_refused_at_once(picture: EmittedVideo, words: str) -> None:
    with pytest.raises(MediaFormatError, match=words):
        parse_video(picture)  # type: ignore[arg-type]
