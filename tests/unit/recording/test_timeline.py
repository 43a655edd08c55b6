"""When a file starts, what is settled when, and where it ends."""

from __future__ import annotations

import numpy as np
import pytest

from gradio_webrtc.recording.audio_track import FRAME_SAMPLES, AudioTrackFrame
from gradio_webrtc.recording.timeline import HOLD_PICTURES, HOLD_SOUND, START_WAIT, Timeline
from gradio_webrtc.recording.video_track import Shot

T0 = 1234.5
"""Monotonic clocks start anywhere."""
BOTH = ("input", "output")
TONE = np.full((2, FRAME_SAMPLES), 1000, np.int16)


def frames_of(written: list[AudioTrackFrame | Shot]) -> list[AudioTrackFrame]:
    return [piece for piece in written if isinstance(piece, AudioTrackFrame)]


def shots_of(written: list[AudioTrackFrame | Shot]) -> list[Shot]:
    return [piece for piece in written if isinstance(piece, Shot)]


def loud(frames: list[AudioTrackFrame], channel: int) -> list[float]:
    """Return when there is sound, in seconds."""
    return [frame.pts / 48_000 for frame in frames if np.abs(frame.samples[channel]).max() > 100]


def test_nothing_came_of_nothing() -> None:
    timeline = Timeline(BOTH, sound=True, pictures=True)
    assert timeline.advance(T0 + 100) == []
    assert timeline.finish() == []
    assert not timeline.started


def test_it_starts_when_every_side_has_shown_itself() -> None:
    timeline = Timeline(("input",), sound=True, pictures=True)
    timeline.sound("input", T0, TONE)
    timeline.advance(T0 + 0.1)
    assert not timeline.started
    timeline.picture("input", T0 + 0.2, "a")
    timeline.advance(T0 + 0.2)
    assert timeline.started
    assert timeline.first_pictures == {"input": "a"}


def test_it_does_not_wait_for_a_silent_side_for_ever() -> None:
    timeline = Timeline(BOTH, sound=True, pictures=False)
    timeline.sound("input", T0, TONE)
    timeline.advance(T0 + START_WAIT - 0.01)
    assert not timeline.started
    timeline.advance(T0 + START_WAIT)
    assert timeline.started


def test_silences_and_frozen_pictures_last_as_long_as_they_lasted() -> None:
    """Sound and picture come at 0 and at 10 seconds, and nothing at all in between."""
    timeline = Timeline(("input",), sound=True, pictures=True)
    written: list[AudioTrackFrame | Shot] = []
    for start, picture in ((T0, "a"), (T0 + 10, "b")):
        timeline.picture("input", start, picture)
        for number in range(50):
            timeline.sound("input", start + number * 0.02, TONE)
            written += timeline.advance(start + number * 0.02 + 0.02)
    written += timeline.finish()
    heard = loud(frames_of(written), 0)
    assert heard[:50] == pytest.approx([number * 0.02 for number in range(50)], abs=0.001)
    assert heard[50:] == pytest.approx([10 + number * 0.02 for number in range(50)], abs=0.001)
    first_b = next(shot.time for shot in shots_of(written) if shot.pictures.get("input") == "b")
    assert first_b == pytest.approx(10)
    pts = [frame.pts for frame in frames_of(written)]
    assert pts == list(range(0, 11 * 48_000, FRAME_SAMPLES))
    assert shots_of(written)[-1].time == pytest.approx(11)


def test_sound_is_held_for_what_may_still_come_and_pictures_less() -> None:
    timeline = Timeline(("input",), sound=True, pictures=True)
    written: list[AudioTrackFrame | Shot] = []
    for number in range(100):
        now = T0 + number * 0.02
        timeline.sound("input", now, TONE)
        timeline.picture("input", now, number)
        written += timeline.advance(now)
    written_sound = frames_of(written)[-1].pts / 48_000 + 0.02
    assert written_sound == pytest.approx(99 * 0.02 - HOLD_SOUND, abs=0.021)
    assert shots_of(written)[-1].time == pytest.approx(99 * 0.02 - HOLD_PICTURES, abs=0.05)


def test_two_sides_keep_their_distance() -> None:
    timeline = Timeline(BOTH, sound=True, pictures=False)
    written: list[AudioTrackFrame | Shot] = []
    for number in range(200):
        now = T0 + number * 0.02
        if 50 <= number < 60:
            timeline.sound("input", now, TONE)
        elif number < 150:
            timeline.sound("input", now, TONE * 0)
        if 100 <= number < 110:
            timeline.sound("output", now, TONE)
        written += timeline.advance(now)
    written += timeline.finish()
    frames = frames_of(written)
    assert loud(frames, 0)[0] == pytest.approx(1.0, abs=0.001)
    assert loud(frames, 1)[0] == pytest.approx(2.0, abs=0.001)


def test_what_is_not_recorded_is_ignored() -> None:
    timeline = Timeline(("input",), sound=True, pictures=False)
    timeline.picture("input", T0, "a")
    assert timeline.finish() == []
