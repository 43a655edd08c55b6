"""Frames go out in real time, in order, without clicks, under any arrivals. Time is virtual."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradio_webrtc.media.audio.framing import FADE_SAMPLES
from gradio_webrtc.media.audio.pacer import AudioPacer, Frame, Wait
from tests.unit.media.tones import few

RATE = 48_000
FRAME = 960
Arrival = tuple[float, np.ndarray]
Sent = tuple[float, Frame]


def steady(count: int, level: int = 8_000) -> np.ndarray:
    return np.full((1, count), level, np.int16)


def drive(playout: AudioPacer, arrivals: Iterable[Arrival], until: float) -> list[Sent]:
    """Act as the sender's loop does: ask when something arrives and when the wait is over."""
    pending, sent, now = sorted(arrivals, key=lambda a: a[0]), [], 0.0
    wakes = 0
    while True:
        answer = playout.next(now)
        wakes += 1
        assert wakes < 100_000, "polls"
        if isinstance(answer, Frame):
            sent.append((now, answer))
            continue
        alarm = np.inf if answer.seconds is None else now + answer.seconds
        assert alarm > now, "would spin"
        arrival = pending[0][0] if pending else np.inf
        now = min(alarm, arrival)
        if now > until:
            return sent
        if arrival <= now:
            playout.push(pending.pop(0)[1])


def pts(sent: list[Sent]) -> list[int]:
    return [frame.pts for _, frame in sent]


def times(sent: list[Sent]) -> list[float]:
    return [time for time, _ in sent]


def sound(sent: list[Sent]) -> np.ndarray:
    return np.concatenate([frame.samples for _, frame in sent], axis=1)


def test_a_long_chunk_goes_out_every_20_ms_and_one_frame_ahead() -> None:
    sent = drive(AudioPacer(), [(1.0, steady(10 * FRAME))], 3.0)
    assert times(sent)[:10] == pytest.approx([1.0, *(1.0 + 0.02 * n for n in range(9))])
    assert pts(sent)[:10] == [FRAME * n for n in range(10)]
    assert all(frame.samples.shape == (1, FRAME) for _, frame in sent)
    assert len(sent) == 11, "one frame of silence ends it, and nothing follows"
    assert not sent[-1][1].samples[:, FADE_SAMPLES:].any()


def test_after_a_silence_pts_has_moved_on_by_it() -> None:
    sent = drive(AudioPacer(), [(0.0, steady(FRAME)), (1.234, steady(FRAME))], 3.0)
    assert times(sent) == pytest.approx([0.0, 0.08, 1.234, 1.314])
    assert pts(sent)[2] == round(1.234 / 0.02) * FRAME


def test_many_silences_do_not_add_up_rounding() -> None:
    arrivals = [(0.529 * n, steady(FRAME)) for n in range(200)]
    for time, frame in drive(AudioPacer(), arrivals, 200.0):
        assert abs(frame.pts / RATE - time) <= 0.0101


def test_a_late_frame_is_sent_at_once_and_delays_none_of_those_after_it() -> None:
    arrivals = [(0.02 * n, steady(FRAME)) for n in range(20)]
    arrivals[5:8] = [(0.1 + 0.045, steady(FRAME))] * 3
    sent = drive(AudioPacer(), arrivals, 0.4)
    expected = [0.02 * n for n in range(20)]
    expected[5:8] = [0.145, 0.145, 0.145]
    assert times(sent)[:20] == pytest.approx(expected)
    assert pts(sent)[:20] == [FRAME * n for n in range(20)]


def test_a_frame_later_than_jitter_starts_anew_with_a_gap() -> None:
    arrivals = [(0.0, steady(FRAME)), (0.2, steady(3 * FRAME))]
    sent = drive(AudioPacer(), arrivals, 1.0)
    assert times(sent) == pytest.approx([0.0, 0.08, 0.2, 0.2, 0.22, 0.32])
    assert pts(sent) == [0, 4 * FRAME, 10 * FRAME, 11 * FRAME, 12 * FRAME, 16 * FRAME]


def stalled_echo(stall: float) -> list[Sent]:
    """A live source of 20 ms frames, and a sender whose process stands still once for ``stall``."""
    playout, sent = AudioPacer(), []
    arrived, now, stalls = 0, 0.0, [2.0]
    while now < 6.0:
        while arrived * 0.02 <= now:
            playout.push(steady(FRAME))
            arrived += 1
        answer = playout.next(now)
        if isinstance(answer, Frame):
            sent.append((now, answer))
            continue
        alarm = np.inf if answer.seconds is None else now + answer.seconds
        now = min(alarm, arrived * 0.02)
        if stalls and now >= stalls[0]:
            now = stalls.pop() + stall
    return sent


@pytest.mark.parametrize("stall", [0.1, 0.3, 0.7])
def test_a_stall_of_the_process_is_made_up_and_delays_nothing_after_it(stall: float) -> None:
    sent = stalled_echo(stall)
    behind = [time - 0.02 * number for number, (time, _) in enumerate(sent)]
    assert max(behind) == pytest.approx(stall, abs=0.03), "the stall itself"
    assert max(behind[-100:]) < 0.021, "and nothing of it later"
    assert pts(sent) == [FRAME * number for number in range(len(sent))]


def test_a_part_of_a_frame_waits_for_more_then_goes_out_faded() -> None:
    playout = AudioPacer()
    sent = drive(playout, [(0.0, steady(500)), (0.015, steady(460))], 0.02)
    assert times(sent) == pytest.approx([0.015])
    playout = AudioPacer()
    sent = drive(playout, [(0.0, steady(500))], 1.0)
    assert times(sent) == pytest.approx([0.02, 0.04])
    padded = sent[0][1].samples[0].astype(int)
    assert (padded[FADE_SAMPLES:500] == 8_000).all()
    assert not padded[500 + FADE_SAMPLES :].any()
    assert not sent[1][1].samples.any()
    assert playout.played_samples == 500


def test_late_halves_of_frames_are_not_torn_apart() -> None:
    """A source of 10 ms chunks that is 30 ms late at every moment still makes whole frames."""
    arrivals = [(0.0, steady(FRAME))] + [(0.05 + 0.01 * n, steady(480)) for n in range(100)]
    playout = AudioPacer()
    sent = drive(playout, arrivals, 1.0)
    assert (sound(sent[2:40]) == 8_000).all()


def test_clear_falls_silent_within_a_frame_and_without_a_click() -> None:
    playout = AudioPacer()
    playout.push(steady(FRAME * 20))
    for number in range(3):
        assert isinstance(playout.next(0.02 * number), Frame)
    assert playout.clear() == pytest.approx(17 * 0.02)
    assert playout.buffered == 0.0
    sent = drive(playout, [], 1.0)
    assert len(sent) == 1
    tail = sent[0][1].samples[0].astype(int)
    assert sent[0][0] == pytest.approx(0.06)
    assert np.abs(np.diff(tail, prepend=8_000)).max() < 8_000 * 4 / FADE_SAMPLES
    assert not tail[FADE_SAMPLES:].any()
    assert playout.clear() == 0.0
    assert playout.played_samples == 3 * FRAME


def test_what_follows_a_clear_is_blended_in() -> None:
    playout = AudioPacer()
    playout.push(steady(FRAME * 9, 8_000))
    before = playout.next(0.0)
    playout.clear()
    playout.push(steady(FRAME, -8_000))
    after = playout.next(0.02)
    assert isinstance(before, Frame)
    assert isinstance(after, Frame)
    joined = np.concatenate([before.samples, after.samples], axis=1)[0, FADE_SAMPLES:].astype(int)
    assert np.abs(np.diff(joined)).max() < 16_000 * 4 / FADE_SAMPLES
    assert joined[-1] == -8_000


def test_back_pressure() -> None:
    playout = AudioPacer(capacity=0.1)
    assert playout.room == pytest.approx(0.1)
    playout.push(steady(FRAME * 4))
    assert playout.room == pytest.approx(0.02)
    playout.push(steady(FRAME * 4))
    assert playout.room == 0.0
    assert playout.buffered == pytest.approx(0.16)


def test_mono_becomes_stereo_while_it_plays() -> None:
    playout = AudioPacer()
    playout.push(steady(FRAME * 2))
    playout.next(0.0)
    playout.set_channels(2)
    playout.push(np.concatenate([steady(FRAME), steady(FRAME, 100)]))
    frames = [playout.next(0.02), playout.next(0.04)]
    assert all(isinstance(frame, Frame) and frame.samples.shape == (2, FRAME) for frame in frames)
    assert isinstance(frames[1], Frame)
    assert frames[1].samples[:, -1].tolist() == [8_000, 100]


def test_the_stage_before_is_drained_only_when_the_buffer_ran_dry() -> None:
    calls: list[float] = []
    rest = [np.full((1, 60), 8_000, np.int16)]

    def drain() -> np.ndarray:
        calls.append(playout.buffered)
        return rest.pop() if rest else steady(0)

    playout = AudioPacer(drain=drain)
    sent = drive(playout, [(0.0, steady(FRAME * 3 - 60))], 1.0)
    assert calls[0] == pytest.approx((FRAME - 60) / RATE)
    assert playout.played_samples == 3 * FRAME
    assert (sound(sent[1:3])[0] == 8_000).all(), "the drained rest completed the frame"


def test_idle_asks_for_no_wake_up() -> None:
    playout = AudioPacer()
    assert playout.next(0.0) == Wait(None)
    assert playout.idle
    drive(playout, [(0.0, steady(FRAME))], 1.0)
    assert playout.next(1.0) == Wait(None)
    assert playout.idle


@few
@given(
    arrivals=st.lists(
        st.tuples(
            st.floats(0.0, 0.4),
            st.one_of(st.just(FRAME), st.integers(1, 3_000), st.just(30_000)),
        ),
        min_size=1,
        max_size=40,
    )
)
def test_any_arrivals(arrivals: list[tuple[float, int]]) -> None:
    """Nothing is lost or reordered, pts follow real time, nothing is sent early."""
    position, at, timed = 1, 0.0, []
    for wait, count in arrivals:
        at += wait
        ramp = (np.arange(position, position + count) % 30_000 + 2_000).astype(np.int16)
        timed.append((at, ramp[np.newaxis]))
        position += count
    playout = AudioPacer()
    sent = drive(playout, timed, at + 60.0)
    assert playout.played_samples + playout.skipped_samples == position - 1
    assert playout.idle
    numbers = pts(sent)
    assert all(number % FRAME == 0 for number in numbers)
    assert all(later - earlier >= FRAME for earlier, later in pairwise(numbers))
    origin = sent[0][0]
    for time, frame in sent:
        ahead = frame.pts / RATE - (time - origin)
        # Ahead by half a frame of rounding, a frame of silence that was sent before, and one early.
        assert -0.0901 <= ahead <= 0.0501, "the wire's clock left real time"
    # Three frames that were less than 60 ms late, the one that is due, and the one that is early.
    for (early, _), (late, _) in zip(sent, sent[5:], strict=False):
        assert late - early >= 0.0199, "more than the frames that were late went out at once"


@few
@given(jitter=st.lists(st.floats(0.0, 0.055), min_size=30, max_size=100))
def test_a_jittery_live_source_is_heard_without_a_gap_and_soon(jitter: list[float]) -> None:
    arrivals = [(0.02 * n + late, steady(FRAME)) for n, late in enumerate(jitter)]
    order = np.maximum.accumulate([time for time, _ in arrivals])
    in_order = [(time, chunk) for time, (_, chunk) in zip(order, arrivals, strict=True)]
    sent = drive(AudioPacer(), in_order, order[-1] + 0.0551)[: len(arrivals)]
    assert len(sent) == len(arrivals)
    assert pts(sent) == [FRAME * n for n in range(len(sent))]
    for arrived, left in zip(order, times(sent), strict=True):
        assert left - arrived <= 0.0551, "held longer than the jitter"


def speech(seconds: float) -> np.ndarray:
    """One second loud, half a second of a quiet room, and so on."""
    at = np.arange(round(seconds * RATE)) / RATE
    loud = np.where(at % 1.5 < 1.0, 12_000.0, 60.0)
    return (loud * np.sin(2 * np.pi * 220 * at)).astype(np.int16)[np.newaxis]


def live(samples: np.ndarray, period: float = 0.02) -> list[Arrival]:
    count = samples.shape[1] // FRAME
    return [(n * period, samples[:, n * FRAME : (n + 1) * FRAME]) for n in range(count)]


def test_a_live_source_with_a_fast_clock_does_not_fall_behind() -> None:
    """2000 ppm for 2 minutes, 40 times a real crystal's error, would pile up 240 ms."""
    playout = AudioPacer()
    drive(playout, live(speech(120), period=0.02 * 0.998), 119.5)
    assert playout.buffered <= 0.1
    assert playout.skipped_samples >= 0.1 * RATE


def test_a_burst_after_a_stall_is_worked_off_in_the_pauses() -> None:
    arrivals = [(2.3 if 2.0 < time < 2.3 else time, chunk) for time, chunk in live(speech(15))]
    playout = AudioPacer()
    sent = drive(playout, arrivals, 14.9)
    assert 0.0199 <= playout.buffered <= 0.06
    steps = np.abs(np.diff(sound(sent)[0].astype(int)))
    assert steps.max() < 1_500, "skipping must not click"
    assert np.diff(pts(sent))[130:].max() == FRAME, "skipped so much that it ran dry"


def test_a_small_queue_is_kept_where_nothing_is_quiet() -> None:
    music = np.tile(speech(1.0), 8)
    ahead = [(max(0.0, time - 0.1), chunk) for time, chunk in live(music)]
    playout = AudioPacer()
    drive(playout, ahead, 7.8)
    assert playout.skipped_samples == 0
    assert playout.buffered >= 0.06


def test_a_generator_that_fills_the_buffer_loses_nothing() -> None:
    playout, samples, now, given_out = AudioPacer(), speech(12), 0.0, 0
    while given_out < samples.shape[1]:
        while playout.room > 0 and given_out < samples.shape[1]:
            playout.push(samples[:, given_out : given_out + 4_800])
            given_out += 4_800
        if isinstance(playout.next(now), Wait):
            now += 0.005
    drive_on = playout.played_samples + round(playout.buffered * RATE)
    assert playout.skipped_samples == 0
    assert drive_on == samples.shape[1]


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100])
def test_at_other_rates_fades_take_as_long(rate: int) -> None:
    fade, frame = round(rate * 0.005), rate // 50
    for begin in ("clear", "hold", "end"):
        playout = AudioPacer(rate)
        playout.push(steady(frame * 2 + frame // 4))
        first = playout.next(0.0)
        assert isinstance(first, Frame)
        assert first.samples.shape == (1, frame)
        if begin != "end":
            getattr(playout, begin)()
        tail = sound(drive(playout, [], 1.0))[0].astype(int)
        kept = frame + frame // 4 if begin == "end" else 0
        assert (tail[:kept] == 8_000).all()
        assert 0 < tail[kept + fade // 2] < 8_000
        assert not tail[kept + fade :].any()
