"""Pictures on a recording's clock. A picture is a string here."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from gradio_webrtc.recording.video_track import INTERVAL, REPEAT, Shot, VideoTrack


def shown(shots: list[Shot], side: str = "input") -> list[tuple[Any, str | None]]:
    return [(pytest.approx(shot.time), shot.pictures.get(side)) for shot in shots]


def test_every_picture_keeps_its_moment() -> None:
    track = VideoTrack()
    for time, picture in ((0.0, "a"), (0.1, "b"), (0.45, "c")):
        track.push("input", time, picture)
    assert shown(track.advance(0.5)) == [(0, "a"), (0.1, "b"), (0.45, "c")]


def test_before_the_first_picture_there_is_nothing_but_a_shot() -> None:
    track = VideoTrack()
    track.push("input", 0.3, "a")
    assert shown(track.advance(1)) == [(0, None), (0.3, "a")]


def test_a_frozen_picture_is_written_every_second() -> None:
    track = VideoTrack()
    track.push("input", 0.0, "a")
    track.push("input", 3.5, "b")
    assert shown(track.advance(3.6)) == [
        (0, "a"),
        (REPEAT, "a"),
        (2 * REPEAT, "a"),
        (3 * REPEAT, "a"),
        (3.5, "b"),
    ]


def test_two_sides_together_make_no_more_pictures_than_one() -> None:
    track = VideoTrack()
    for number in range(30):
        track.push("input", number / 30, f"i{number}")
        track.push("output", number / 30 + 0.015, f"o{number}")
    shots = track.advance(1.05)
    assert 28 <= len(shots) <= 32
    times = [shot.time for shot in shots]
    assert all(later - earlier >= INTERVAL - 1e-9 for earlier, later in pairwise(times))
    assert dict(shots[-1].pictures) == {"input": "i29", "output": "o29"}


def test_of_too_many_pictures_the_newest_is_shown_and_the_last_is_never_lost() -> None:
    track = VideoTrack()
    for number in range(100):
        track.push("input", number / 1000, str(number))
    shots = track.advance(0.2)
    assert len(shots) <= 5
    assert shots[-1].pictures["input"] == "99"
    assert shots[-1].time <= 0.1 + INTERVAL


def test_pictures_come_in_the_order_of_their_moments() -> None:
    track = VideoTrack()
    track.push("output", 0.5, "late")
    track.push("input", 0.2, "early")
    shots = track.advance(1)
    assert [shot.time for shot in shots[1:]] == [pytest.approx(0.2), pytest.approx(0.5)]


def test_a_picture_that_comes_too_late_is_shown_now() -> None:
    track = VideoTrack()
    track.advance(0.9)
    track.push("input", 0.1, "a")
    [shot] = track.advance(0.95)
    assert shot.pictures["input"] == "a"
    assert shot.time >= INTERVAL


def test_the_last_picture_lasts_to_the_end() -> None:
    track = VideoTrack()
    track.push("input", 0.0, "a")
    assert shown(track.finish(0.6)) == [(0, "a"), (0.6, "a")]


def test_a_picture_is_there_however_short_the_file() -> None:
    track = VideoTrack()
    track.push("input", 0.0, "a")
    assert shown(track.finish(0.0)) == [(0, "a")]
