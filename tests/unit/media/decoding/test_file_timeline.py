"""Files that play one after the other share one timeline."""

from __future__ import annotations

import av
import numpy as np
import pytest

from gradio_webrtc.media.decoding.container import Picture, Stretch
from gradio_webrtc.media.decoding.decoded_audio import DecodedAudio
from gradio_webrtc.media.decoding.file_timeline import SEAM_S, FileTimeline


def audio(time: float, seconds: float) -> Stretch:
    return Stretch(DecodedAudio(1000, np.zeros((1, round(1000 * seconds)), np.int16)), time)


def picture(time: float) -> Picture:
    return Picture(av.VideoFrame(16, 16), time)


def test_a_file_follows_where_the_audio_before_it_ended() -> None:
    timeline = FileTimeline()
    timeline.begin()
    assert [timeline.place(audio(time, 0.5)) for time in (0.0, 0.5)] == [0.0, 0.5]
    timeline.end()
    assert timeline.base is None
    timeline.begin()
    assert timeline.sound_end == 1.0
    assert timeline.place(audio(0.25, 0.5)) == 1.25
    assert timeline.sound_end == 1.75


def test_a_file_does_not_begin_earlier_than_it_may() -> None:
    timeline = FileTimeline()
    timeline.begin(at_least=3.0)
    assert timeline.place(audio(0.0, 1.0)) == 3.0
    timeline.begin(at_least=3.5)
    assert timeline.base == 4.0


def test_the_last_picture_is_seen_as_long_as_the_one_before_it() -> None:
    timeline = FileTimeline()
    timeline.begin()
    assert [timeline.place(picture(time)) for time in (0.0, 0.2, 0.4)] == [0.0, 0.2, 0.4]
    timeline.begin()
    assert timeline.base == pytest.approx(0.6)
    # A single one has no length, and the length of another file's is not its own.
    assert timeline.place(picture(0.0)) == pytest.approx(0.6)
    timeline.begin()
    assert timeline.base == pytest.approx(0.6)


@pytest.mark.parametrize(("longer", "base"), [(0.9 * SEAM_S, 1.0), (2 * SEAM_S, 1.0 + 2 * SEAM_S)])
def test_pictures_that_end_a_little_later_leave_no_gap(longer: float, base: float) -> None:
    timeline = FileTimeline()
    timeline.begin()
    timeline.place(audio(0.0, 1.0))
    end = 1.0 + longer
    timeline.place(picture(end - 0.1))
    timeline.place(picture(end - 0.05))  # and is seen for 0.05 s
    timeline.begin()
    assert timeline.base == pytest.approx(base)


def test_audio_of_no_file_moves_the_next_one() -> None:
    timeline = FileTimeline()
    timeline.heard(2.5)
    timeline.begin()
    assert timeline.place(audio(0.0, 1.0)) == 2.5


def test_audio_that_overlaps_does_not_set_the_end_back() -> None:
    timeline = FileTimeline()
    timeline.begin()
    timeline.place(audio(0.0, 2.0))
    timeline.place(audio(0.5, 0.5))
    assert timeline.sound_end == 2.0
