"""Frames of one exact length from samples that come in any portions, and fades without a step."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from gradio_webrtc.media.audio.framing import (
    AUDIBLE_STEP,
    FADE_SAMPLES,
    EdgeFader,
    Framer,
    fade_out_curve,
    fade_to_silence,
)

Int16 = npt.NDArray[np.int16]


def ramp(count: int, start: int = 1, channels: int = 1) -> Int16:
    """Return samples that say where they come from, each channel 1000 above the one before."""
    row = np.arange(start, start + count, dtype=np.int16)
    return np.stack([row + 1000 * channel for channel in range(channels)])


@pytest.mark.parametrize("length", [1, 2, FADE_SAMPLES, 2880])
def test_a_fade_falls_from_just_below_one_to_nothing(length: int) -> None:
    curve = fade_out_curve(length)
    assert curve.shape == (length,)
    assert curve.dtype == np.float32
    assert curve[-1] == pytest.approx(0.0, abs=1e-6)
    assert (np.diff(curve) < 0).all()
    assert curve.max() < 1.0


def test_two_crossed_fades_add_up_to_one() -> None:
    curve = fade_out_curve()
    assert curve[:-1] + curve[:-1][::-1] == pytest.approx(1.0, abs=1e-6)
    assert curve[0] > 0.9999


class TestFadeToSilence:
    def test_what_is_there_is_kept_and_its_last_sample_held_under_the_fade(self) -> None:
        content = ramp(300, channels=2)
        frame = fade_to_silence(content, np.zeros(2, np.int16), 960)
        assert frame.shape == (2, 960)
        assert frame.dtype == np.int16
        assert np.array_equal(frame[:, :300], content)
        held = content[:, -1:] * fade_out_curve()
        assert np.array_equal(frame[:, 300 : 300 + FADE_SAMPLES], np.rint(held))
        assert not frame[:, 300 + FADE_SAMPLES :].any()

    def test_without_content_the_sample_before_it_is_held(self) -> None:
        frame = fade_to_silence(np.zeros((1, 0), np.int16), np.array([8000], np.int16), 960)
        assert frame[0, 0] == pytest.approx(8000, abs=2)
        assert frame[0, FADE_SAMPLES // 2] == pytest.approx(4000, abs=60)
        assert not frame[0, FADE_SAMPLES - 1 :].any()

    @pytest.mark.parametrize("count", [960, 900, 960 - FADE_SAMPLES + 1])
    def test_the_fade_begins_earlier_where_the_frame_ends_before_it(self, count: int) -> None:
        content = np.full((1, count), 20_000, np.int16)
        frame = fade_to_silence(content, np.zeros(1, np.int16), 960)[0].astype(int)
        assert (frame[: 960 - FADE_SAMPLES] == 20_000).all()
        assert frame[-1] == 0
        assert np.abs(np.diff(frame)).max() < 200


class TestFramer:
    def test_frames_are_cut_in_order_from_any_portions(self) -> None:
        framer, whole, frames = Framer(7, 2), ramp(50, channels=2), []
        at = 0
        for count in (1, 0, 12, 3, 20, 14):
            framer.push(whole[:, at : at + count])
            at += count
            while (frame := framer.pop()) is not None:
                assert frame.shape == (2, 7)
                frames.append(frame)
        assert np.array_equal(np.concatenate(frames, axis=1), whole[:, :49])
        assert len(framer) == 1

    def test_less_than_a_frame_waits(self) -> None:
        framer = Framer(4, 1)
        framer.push(ramp(3))
        assert framer.pop() is None
        assert len(framer) == 3
        framer.push(ramp(1, start=4))
        assert np.array_equal(framer.take(4), ramp(4))

    def test_what_is_pushed_may_be_changed_afterwards(self) -> None:
        framer, samples = Framer(3, 1), ramp(3)
        framer.push(samples)
        samples[:] = 0
        assert np.array_equal(framer.take(3), ramp(3))

    def test_as_much_is_taken_as_there_is(self) -> None:
        framer = Framer(4, 2)
        assert framer.take(10).shape == (2, 0)
        framer.push(ramp(6, channels=2))
        assert np.array_equal(framer.take(10), ramp(6, channels=2))
        assert len(framer) == 0

    def test_looking_takes_nothing(self) -> None:
        framer = Framer(4, 1)
        framer.push(ramp(2))
        framer.push(ramp(3, start=3))
        assert np.array_equal(framer.peek(4), ramp(4))
        assert framer.peek(99).shape == (1, 5)
        assert len(framer) == 5
        assert np.array_equal(framer.take(5), ramp(5))
        assert framer.peek(1).shape == (1, 0)

    def test_clearing_says_how_much_it_was(self) -> None:
        framer = Framer(4, 1)
        framer.push(ramp(9))
        assert framer.clear() == 9
        assert (len(framer), framer.pop()) == (0, None)
        assert framer.clear() == 0

    def test_what_waits_goes_on_in_another_channel_count(self) -> None:
        framer = Framer(4, 1)
        framer.push(ramp(2))
        framer.set_channels(2)
        framer.push(ramp(2, start=3, channels=2))
        frame = framer.pop()
        assert frame is not None
        assert frame.tolist() == [[1, 2, 3, 4], [1, 2, 1003, 1004]]
        assert framer.take(1).shape == (2, 0)


LENGTH = 4 * FADE_SAMPLES
LEVEL = 10_000


def level(value: int, length: int = LENGTH, channels: int = 1) -> Int16:
    return np.full((channels, length), value, np.int16)


def largest_step(*frames: Int16) -> int:
    """Return the largest jump from one sample to the next, beginning in silence."""
    whole = np.concatenate([level(0, 1), *frames], axis=1)[0]
    return int(np.abs(np.diff(whole.astype(np.int32))).max())


class TestEdgeFader:
    def test_a_loud_start_is_faded_in_and_what_follows_passes_as_it_is(self) -> None:
        fader = EdgeFader(1)
        first = fader.whole(level(LEVEL))
        assert largest_step(first) < 150
        assert (first[:, FADE_SAMPLES:] == LEVEL).all()
        second = level(LEVEL)
        assert fader.whole(second) is second
        assert (second == LEVEL).all()

    def test_a_start_that_nobody_hears_is_left_alone(self) -> None:
        quiet = level(AUDIBLE_STEP - 1)
        assert EdgeFader(1).whole(quiet) is quiet
        step = level(AUDIBLE_STEP)
        assert EdgeFader(1).whole(step) is not step

    def test_an_end_is_silent_and_the_next_start_is_faded_in_again(self) -> None:
        fader = EdgeFader(1)
        end = fader.ending(level(50, FADE_SAMPLES), LENGTH)
        assert (end[:, :FADE_SAMPLES] == 50).all()
        assert end[0, -1] == 0
        assert largest_step(end, fader.silence(LENGTH), fader.whole(level(LEVEL))) < 150

    def test_silence_lets_the_audio_before_it_fade_out(self) -> None:
        fader = EdgeFader(1)
        before = fader.whole(level(LEVEL))
        silence = fader.silence(LENGTH)
        assert largest_step(before, silence) < 150
        assert not silence[:, FADE_SAMPLES:].any()

    @pytest.mark.parametrize("goes_on", [0, -LEVEL])
    def test_what_is_cut_off_fades_out_below_what_comes_next(self, goes_on: int) -> None:
        fader = EdgeFader(1)
        before = fader.whole(level(LEVEL))
        fader.cut_off(level(LEVEL, FADE_SAMPLES))
        after = fader.whole(level(goes_on)) if goes_on else fader.silence(LENGTH)
        assert largest_step(before, after) < 300
        assert (after[:, FADE_SAMPLES:] == goes_on).all()
        assert largest_step(fader.whole(level(goes_on))[:, :1]) == abs(goes_on), "it is over"

    def test_less_than_a_fade_can_be_cut_off(self) -> None:
        fader = EdgeFader(1)
        before = fader.whole(level(LEVEL))
        fader.cut_off(level(0, 0))
        assert largest_step(before, fader.silence(LENGTH)) < 150

    def test_frames_skipped_one_after_the_other_leave_one_fade(self) -> None:
        fader = EdgeFader(1)
        before = fader.whole(level(LEVEL))
        fader.skip(level(LEVEL, FADE_SAMPLES))
        fader.skip(level(-LEVEL, FADE_SAMPLES))  # far from what was heard last
        assert largest_step(before, fader.whole(level(0))) < 150

    def test_what_is_played_after_all_does_not_fade(self) -> None:
        fader = EdgeFader(1)
        fader.whole(level(LEVEL))
        fader.cut_off(level(LEVEL, FADE_SAMPLES))
        fader.uncut()
        assert (fader.whole(level(LEVEL)) == LEVEL).all()

    def test_a_fade_goes_on_in_another_channel_count(self) -> None:
        fader = EdgeFader(1)
        fader.whole(level(LEVEL))
        fader.cut_off(level(LEVEL, FADE_SAMPLES))
        fader.set_channels(2)
        faded = fader.silence(LENGTH)
        assert faded.shape == (2, LENGTH)
        assert (faded[0] == faded[1]).all()
        assert faded[0, 0] > 0.99 * LEVEL
