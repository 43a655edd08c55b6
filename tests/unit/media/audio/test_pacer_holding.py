"""A reply that is held falls silent at once and loses nothing. Time is virtual."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradio_webrtc.media.audio.pacer import AudioPacer, Frame, Wait
from gradio_webrtc.media.audio.playout_buffer import PlayoutBuffer
from tests.unit.media.tones import as_pcm, few, judge, tone

RATE, FRAME = 48_000, 960


def ramp(count: int, start: int = 0) -> np.ndarray:
    """Return samples that say where they come from, never silent."""
    return (1_000 + (np.arange(start, start + count) % 20_000)).astype(np.int16)[np.newaxis]


def play(playout: AudioPacer, start: float, until: float) -> list[tuple[float, Frame]]:
    """Ask whenever the playout wants to be asked."""
    sent, now = [], start
    while now <= until:
        answer = playout.next(now)
        if isinstance(answer, Frame):
            sent.append((now, answer))
            continue
        if answer.seconds is None:
            break
        now += answer.seconds
    return sent


def sound(sent: list[tuple[float, Frame]]) -> np.ndarray:
    return np.concatenate([np.zeros(0, np.int16), *(frame.samples[0] for _, frame in sent)])


def test_silence_within_a_frame_and_without_a_click() -> None:
    playout = AudioPacer(RATE)
    playout.push(ramp(RATE))
    before = play(playout, 0.0, 0.1)
    playout.hold()
    held = play(playout, 0.105, 2.0)
    assert len(held) == 1  # 5 ms of fade, then silence
    tail = sound(held)
    assert np.abs(np.diff(np.concatenate([sound(before)[-1:], tail]).astype(int))).max() < 400
    assert not tail[240:].any()
    assert playout.next(3.0) == Wait(None)


def test_it_goes_on_where_it_stopped_at_the_time_it_is_then() -> None:
    playout = AudioPacer(RATE)
    playout.push(ramp(RATE // 2))
    before = play(playout, 0.0, 0.1)
    count = playout.played_samples
    playout.hold()
    play(playout, 0.105, 0.2)
    assert playout.played_samples == count
    assert not playout.idle
    playout.release()
    after = play(playout, 1.2, 5.0)
    assert after[0][0] == 1.2
    # The wire's clock has moved on by the silence.
    assert after[0][1].pts == pytest.approx(1.2 * RATE, abs=FRAME)
    heard = sound(after)
    assert np.array_equal(heard[240:FRAME], ramp(FRAME, count)[0, 240:])
    assert heard[0] < 100  # faded in
    assert playout.played_samples == RATE // 2
    assert playout.idle
    assert len(before) * FRAME + RATE // 2 - count >= RATE // 2


def test_a_hold_nobody_heard_leaves_no_trace() -> None:
    playout, untouched = AudioPacer(RATE), AudioPacer(RATE)
    for one in (playout, untouched):
        one.push(ramp(RATE // 4))
        play(one, 0.0, 0.1)
    playout.hold()
    playout.release()
    assert np.array_equal(sound(play(playout, 0.1, 1.0)), sound(play(untouched, 0.1, 1.0)))


def test_what_is_pushed_while_held_waits_and_fills_the_buffer() -> None:
    playout = AudioPacer(RATE, capacity=0.5)
    playout.hold()
    playout.push(ramp(RATE // 2))
    assert playout.room == 0
    assert playout.next(1.0) == Wait(None)
    playout.release()
    assert (
        sound(play(playout, 1.0, 3.0))[240 : RATE // 2].tolist()
        == ramp(RATE // 2)[0, 240:].tolist()
    )


def test_clearing_while_held() -> None:
    playout = AudioPacer(RATE)
    playout.push(ramp(RATE))
    play(playout, 0.0, 0.1)
    playout.hold()
    assert playout.clear() > 0.5
    play(playout, 0.105, 0.2)
    assert playout.idle
    playout.push(ramp(FRAME))
    assert playout.next(1.0) == Wait(None)
    playout.release()
    assert isinstance(playout.next(1.0), Frame)


def test_holding_silence_and_holding_twice() -> None:
    playout = AudioPacer(RATE)
    playout.hold()
    playout.hold()
    assert playout.next(0.0) == Wait(None)
    playout.release()
    playout.release()
    playout.push(ramp(FRAME))
    assert isinstance(playout.next(0.5), Frame)


def test_a_resampled_stream_goes_on_without_a_seam() -> None:
    """The resampler must not be emptied into the silence."""
    halves = [as_pcm(24_000, [tone(24_000, 300.0, at, 12_000)], "int16") for at in (0.0, 0.5)]
    playback = PlayoutBuffer(RATE)
    playback.play(halves[0])
    play(playback.pacer, 0.0, 0.1)
    playback.pacer.hold()
    play(playback.pacer, 0.105, 0.5)
    playback.play(halves[1])
    playback.pacer.release()
    heard = sound(play(playback.pacer, 0.5, 3.0))
    whole = heard[: RATE - 8 * FRAME]
    assert judge(whole, RATE, 300.0, 500).worst < -60
    assert playback.pacer.played_samples / RATE == pytest.approx(1.0, abs=0.01)


@few
@given(
    pieces=st.lists(st.integers(1, 5_000), min_size=1, max_size=12),
    holds=st.lists(st.tuples(st.floats(0.0, 0.4), st.floats(0.0, 0.4)), max_size=6),
)
def test_nothing_is_lost_however_often_it_is_held(
    pieces: list[int], holds: list[tuple[float, float]]
) -> None:
    playout, now, sent = AudioPacer(RATE), 0.0, []
    total = 0
    for count in pieces:
        playout.push(ramp(count, total))
        total += count
    for playing, pausing in holds:
        sent += play(playout, now, now + playing)
        now += playing
        playout.hold()
        sent += play(playout, now, now + pausing)
        now += pausing
        playout.release()
    sent += play(playout, now, now + 10.0)
    assert playout.played_samples == total
    assert playout.idle
    stamps = [frame.pts for _, frame in sent]
    assert stamps == sorted(set(stamps))
