"""Sound on a recording's clock."""

from __future__ import annotations

import numpy as np
import pytest

from gradio_webrtc.media.audio.pcm import Int16Array
from gradio_webrtc.recording.audio_track import FRAME_SAMPLES, SAMPLE_RATE, AudioTrack, PlacedAudio

PIECE = FRAME_SAMPLES


def piece(value: int, count: int = PIECE) -> Int16Array:
    return np.full((2, count), value, np.int16)


def at(seconds: float) -> int:
    return round(seconds * SAMPLE_RATE)


def starts_of(samples: Int16Array) -> dict[int, int]:
    """Return where each value but 0 is heard first."""
    found: dict[int, int] = {}
    for position, value in enumerate(samples[0].tolist()):
        if value:
            found.setdefault(value, position)
    return found


def test_pieces_with_jitter_are_put_end_to_end() -> None:
    placed = PlacedAudio()
    jitter = [0, 0.015, 0.002, 0.018, 0.011]
    for number, late in enumerate(jitter):
        placed.push(number * PIECE + at(late), piece(number + 1))
    expected = {number + 1: number * PIECE for number in range(5)}
    assert starts_of(placed.read(10 * PIECE)) == expected


def test_a_silence_lasts_as_long_as_it_lasted() -> None:
    placed = PlacedAudio()
    placed.push(0, piece(1))
    for number in range(30):
        placed.push(at(2) + number * PIECE, piece(2))
    samples = placed.read(at(2.5))
    assert starts_of(samples) == {1: 0, 2: at(2)}
    assert not samples[:, PIECE : at(2)].any()
    assert samples[:, at(2) :].all()


def test_sound_that_was_held_up_keeps_its_place() -> None:
    """Half a second comes in one heap, as after a stalled network: none of it was silence."""
    placed = PlacedAudio()
    for number in range(10):
        placed.push(number * PIECE, piece(number + 1))
    for number in range(10, 35):
        placed.push(35 * PIECE - PIECE, piece(number + 1))
    assert starts_of(placed.read(50 * PIECE)) == {n + 1: n * PIECE for n in range(35)}


def test_sound_for_a_time_that_is_written_is_cut_off_rather_than_late_for_ever() -> None:
    placed = PlacedAudio()
    placed.push(0, piece(1))
    assert starts_of(placed.read(at(3))) == {1: 0}
    # Three seconds in one heap; then it goes on as if nothing had been.
    for _ in range(150):
        placed.push(at(3), piece(2))
    for number in range(50):
        placed.push(at(3.02) + number * PIECE, piece(3))
    later = placed.read(at(1))
    assert starts_of(later)[3] == pytest.approx(at(0.02), abs=at(0.05))


@pytest.mark.parametrize("skew", [0.999, 1.001])
def test_a_clock_that_runs_otherwise_does_not_add_up(skew: float) -> None:
    placed = PlacedAudio()
    pieces = 3000  # a minute, in which the clocks part by 60 ms
    for number in range(pieces):
        placed.push(round(number * PIECE * skew), piece(1 + number))
    starts = starts_of(placed.read(pieces * PIECE + SAMPLE_RATE))
    assert starts[pieces - 2] == pytest.approx((pieces - 3) * PIECE * skew, abs=at(0.035))


def test_pieces_of_any_length_are_read_in_frames() -> None:
    placed = PlacedAudio()
    placed.push(0, np.arange(1, 3001, dtype=np.int16)[np.newaxis].repeat(2, axis=0))
    read = np.concatenate([placed.read(700) for _ in range(5)], axis=1)
    assert read[1].tolist() == [*range(1, 3001), *([0] * 500)]


def test_two_sides_are_left_and_right() -> None:
    track = AudioTrack(("input", "output"))
    stereo = np.stack([np.full(PIECE, 1000, np.int16), np.full(PIECE, 3000, np.int16)])
    track.push("input", 0.0, stereo)
    track.push("output", 0.02, piece(500))
    first, second, third = track.advance(0.06)
    assert [frame.pts for frame in (first, second, third)] == [0, PIECE, 2 * PIECE]
    assert (set(first.samples[0]), set(first.samples[1])) == ({2000}, {0})
    assert (set(second.samples[0]), set(second.samples[1])) == ({0}, {500})
    assert not third.samples.any()


def test_one_side_keeps_its_channels() -> None:
    track = AudioTrack(("output",))
    stereo = np.stack([np.full(PIECE, 1000, np.int16), np.full(PIECE, 3000, np.int16)])
    track.push("output", 0.0, stereo)
    [frame] = track.advance(0.0399)
    assert (set(frame.samples[0]), set(frame.samples[1])) == ({1000}, {3000})
