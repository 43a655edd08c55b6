"""Pictures with their sound, on a clock the test steps."""

from __future__ import annotations

import numpy as np
import pytest

from gradio_webrtc.media.audio.pacer import EARLY_SECONDS, Frame
from gradio_webrtc.media.audio.pcm import Pcm
from gradio_webrtc.media.audio.playout_buffer import PlayoutBuffer
from gradio_webrtc.media.lip_sync import SourceClock, VideoTimer

STEP = 0.005


def sound(seconds: float, rate: int = 24_000) -> Pcm:
    return Pcm(rate, np.full((1, round(seconds * rate)), 1000, np.int16))


class Player:
    """An ``PlayoutBuffer`` that is asked every 5 ms, as its track would be or oftener."""

    def __init__(self) -> None:
        self.now = 100.0
        self.playback = PlayoutBuffer()
        self.sent = 0

    def run(self, seconds: float) -> None:
        end = self.now + seconds
        while self.now < end - 1e-9:
            while isinstance(self.playback.next(self.now), Frame):
                self.sent += 1
            self.now += STEP

    @property
    def position(self) -> float | None:
        return self.playback.clock.position(self.now)


NEAR = EARLY_SECONDS + 2 * STEP
"""Frames go out one early, and the player looks every 5 ms."""


def test_the_position_is_what_is_heard_and_not_what_was_emitted() -> None:
    player = Player()
    assert player.position is None
    player.playback.play(sound(0.5))
    player.run(0.2)
    assert player.position == pytest.approx(0.2, abs=NEAR)
    player.playback.play(sound(0.5))
    player.run(0.5)
    assert player.position == pytest.approx(0.7, abs=NEAR)


def test_a_stall_of_the_sound_holds_the_clock_up_until_it_is_silence() -> None:
    player = Player()
    player.playback.play(sound(0.1))
    player.run(3.0)
    # Silence: real time goes on, for pictures that have no sound.
    assert player.position == pytest.approx(3.0, abs=0.1)
    # The sound goes on where it was, and so does the clock.
    player.playback.play(sound(0.5))
    player.run(0.2)
    assert player.position == pytest.approx(0.3, abs=NEAR)


def test_late_sound_does_not_let_the_clock_run_ahead() -> None:
    player = Player()
    player.playback.play(sound(0.1))
    player.run(0.14)  # 40 ms late: no silence yet
    assert player.position == pytest.approx(0.1, abs=0.002)


def test_sound_that_says_its_time_is_believed() -> None:
    player = Player()
    player.playback.play(sound(0.2), time=12.0)
    player.playback.play(sound(0.2))
    player.run(0.3)
    assert player.position == pytest.approx(12.3, abs=NEAR)
    player.playback.play(sound(0.3), time=20.0)
    player.run(0.05)
    assert player.position == pytest.approx(12.35, abs=NEAR)
    player.run(0.15)
    assert player.position == pytest.approx(20.1, abs=NEAR)


def test_what_was_cleared_counts_as_played() -> None:
    player = Player()
    player.playback.play(sound(0.5))
    player.run(0.1)
    player.playback.clear()
    player.playback.times.skip(1.0)
    player.run(0.1)
    player.playback.play(sound(0.2))
    player.run(0.1)
    assert player.position == pytest.approx(1.6, abs=NEAR)


def test_many_short_spurts_do_not_drift() -> None:
    player = Player()
    for _ in range(40):
        player.playback.play(sound(0.1, 16_000))
        player.run(0.3)
    assert player.playback.times.end == pytest.approx(4.0)
    player.playback.play(sound(0.4, 16_000))
    player.run(0.2)
    assert player.position == pytest.approx(4.2, abs=NEAR)


def test_chunks_of_nothing_keep_nothing() -> None:
    player = Player()
    for _ in range(1000):
        player.playback.play(sound(0.0))
    assert len(player.playback.times._marks) == 1


def timer_at(time: float, now: float) -> tuple[SourceClock, VideoTimer]:
    clock = SourceClock()
    clock.sound(time, now, 1e9)
    return clock, VideoTimer(clock)


def test_a_picture_waits_for_its_sound() -> None:
    _, timer = timer_at(5.0, 100.0)
    timer.arrived(5.4, 100.0)
    assert timer.wait(5.4, 100.0) == pytest.approx(0.4)
    assert timer.wait(5.4, 100.3) == pytest.approx(0.1)
    assert timer.wait(5.4, 100.4) == 0.0


def test_without_sound_the_first_picture_starts_the_clock() -> None:
    timer = VideoTimer(SourceClock())
    timer.arrived(7.0, 100.0)
    assert timer.wait(7.0, 100.0) == 0.0
    timer.arrived(7.5, 100.0)
    assert timer.wait(7.5, 100.0) == pytest.approx(0.5)


def test_a_late_picture_of_a_slow_source_is_shown_at_once() -> None:
    _, timer = timer_at(5.0, 100.0)
    for number in range(20):  # 10 pictures a second where 30 are meant to be
        time, now = 4.0 + number / 30, 100.0 + number / 10
        timer.arrived(time, now)
        assert timer.wait(time, now) == 0.0
        timer.shown(now)
        timer.asked(now)
    assert timer.dropped == 0


def test_late_pictures_of_a_fast_source_are_skipped_but_not_all() -> None:
    """The encoder takes 100 ms for each; the source is always ready with 30 a second."""
    clock, timer = timer_at(0.0, 100.0)
    now, time, shown = 100.0, 0.0, []
    while now < 110.0:
        timer.arrived(time, now)
        wait = timer.wait(time, now)
        if wait is not None:
            now += wait
            timer.shown(now)
            shown.append((clock.position(now) or 0.0) - time)
            now += 0.1
        timer.asked(now)
        time += 1 / 30
    assert len(shown) >= 60
    assert timer.dropped > 100
    assert max(shown) < 0.35  # it never falls further behind


def test_a_stalled_source_without_sound_goes_on_where_it_was() -> None:
    clock = SourceClock()
    timer = VideoTimer(clock)
    for time, now in ((0.0, 100.0), (0.1, 103.0)):
        timer.arrived(time, now)
        assert timer.wait(time, now) == 0.0
        timer.shown(now)
        timer.asked(now)
    assert timer.wait(0.2, 103.0) == pytest.approx(0.1)
