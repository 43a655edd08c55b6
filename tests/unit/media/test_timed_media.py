"""Times that sources say, and those that bare pictures get."""

from __future__ import annotations

import numpy as np
import pytest

from gradio_webrtc.errors import MediaFormatError
from gradio_webrtc.media.emitted_media import EmittedVideo, parse_audio
from gradio_webrtc.media.timed_media import SourceTimes, TimedAudio, TimedPicture

FRAME = EmittedVideo(np.zeros((2, 2, 3), np.uint8))


@pytest.mark.parametrize("portion", [1, 3, 30])
def test_bare_pictures_are_shown_at_n_over_fps_in_whatever_portions(portion: int) -> None:
    times = SourceTimes(30)
    shown = []
    for _ in range(90 // portion):
        times.audio(parse_audio((24_000, np.zeros(800 * portion, np.int16))))
        shown += [times.video(FRAME).time for _ in range(portion)]
    assert shown == pytest.approx([n / 30 for n in range(90)])


def test_times_that_are_said_are_kept_and_gone_on_from() -> None:
    times = SourceTimes(10)
    assert times.video(FRAME.at(4.0)).time == 4.0
    assert times.video(FRAME).time == pytest.approx(4.1)
    times.audio(parse_audio((8_000, np.zeros(800, np.int16)), 7.0))
    assert times.video(FRAME).time == 7.0


@pytest.mark.parametrize("kind", [TimedAudio, TimedPicture])
@pytest.mark.parametrize("time", [float("nan"), float("inf"), "soon", None])
def test_a_time_is_a_number(kind: type, time: object) -> None:
    with pytest.raises(MediaFormatError, match="time in seconds"):
        kind(None, time)
