"""How long aiortc holds pictures back."""

from __future__ import annotations

from fractions import Fraction

import pytest
from av import VideoFrame

from gradio_webrtc.transports.video_in import MAX_HELD_BACK, HeldBack


def frame_at(seconds: float | None) -> VideoFrame:
    frame = VideoFrame(16, 16, "yuv420p")
    if seconds is not None:
        frame.pts, frame.time_base = round(seconds * 90_000), Fraction(1, 90_000)
    return frame


def test_a_picture_is_held_until_the_next_one_begins() -> None:
    held_back = HeldBack()
    seconds = [held_back.seconds(frame_at(time)) for time in (0, 1 / 30, 2 / 30, 2.5, 2.6, 1.0)]
    expected = [0, 1 / 30, 1 / 30, MAX_HELD_BACK, 0.1, 0]
    assert seconds == pytest.approx(expected, abs=1e-3)


def test_a_picture_without_a_time_says_nothing() -> None:
    held_back = HeldBack()
    assert [held_back.seconds(frame_at(time)) for time in (None, 1.0, None)] == [0, 0, 0]
