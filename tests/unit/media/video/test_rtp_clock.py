"""Timestamps that follow real time, and never repeat."""

from __future__ import annotations

from gradio_webrtc.media.video.rtp_clock import VIDEO_CLOCK_RATE, VideoClock


def test_it_counts_from_the_first_frame() -> None:
    clock = VideoClock()
    assert VIDEO_CLOCK_RATE == 90_000
    assert [clock.pts(now) for now in (1000.0, 1000.5, 1001.0)] == [0, 45_000, 90_000]


def test_it_rounds_to_the_nearest_tick_and_does_not_drift() -> None:
    clock = VideoClock()
    stamps = [clock.pts(7.0 + number / 30) for number in range(3001)]
    assert stamps == [3000 * number for number in range(3001)]


def test_two_frames_never_have_the_same_time() -> None:
    clock = VideoClock(rate=1000)
    stamps = [clock.pts(now) for now in (5.0, 5.0, 5.0001, 4.0, 5.1)]
    assert stamps == [0, 1, 2, 3, 100]
