"""Conversion and pacing together: what the browser gets of what a handler emits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradio_webrtc.media.audio.pacer import Frame, Wait
from gradio_webrtc.media.audio.pcm import Pcm
from gradio_webrtc.media.audio.playout_buffer import PlayoutBuffer
from tests.unit.media.tones import as_pcm, few, judge, tone


def play(arrivals: list[tuple[float, Pcm]], until: float) -> list[tuple[float, Frame]]:
    playback, sent, now = PlayoutBuffer(), [], 0.0
    pending = list(arrivals)
    while now <= until:
        answer = playback.next(now)
        if isinstance(answer, Frame):
            sent.append((now, answer))
            continue
        alarm = np.inf if answer.seconds is None else now + answer.seconds
        now = min(alarm, pending[0][0] if pending else np.inf)
        if pending and pending[0][0] <= now:
            playback.play(pending.pop(0)[1])
    return sent


@pytest.mark.parametrize("rate", [8_000, 16_000, 24_000, 44_100, 48_000])
def test_live_20_ms_chunks_of_any_rate_are_sent_on_as_they_arrive(rate: int) -> None:
    """The lag of the resampler must not cost a whole frame."""
    chunks = [
        (0.02 * n, as_pcm(rate, [tone(rate, 440.0, 0.02 * n, rate // 50)], "int16"))
        for n in range(50)
    ]
    sent = play(chunks, 0.999)
    assert [time for time, _ in sent] == pytest.approx([0.02 * n for n in range(50)])
    heard = np.concatenate([frame.samples for _, frame in sent], axis=1)[0]
    verdict = judge(heard, 48_000, 440.0, 1_000)
    assert verdict.worst < -65
    lag = -verdict.phase / (2 * np.pi * 440.0)
    assert lag <= 25 / min(rate, 48_000)


def test_the_second_talk_spurt_starts_as_promptly_as_the_first() -> None:
    chunk = as_pcm(24_000, [tone(24_000, 400.0, 0.0, 480)], "int16")
    arrivals = [0.0, 0.02, 0.04, 1.013, 1.033, 1.053]
    sent = play([(time, chunk) for time in arrivals], 1.06)
    loud = [time for time, frame in sent if np.abs(frame.samples[:, 300:-300]).max() > 5_000]
    assert loud == pytest.approx(arrivals)


@few
@given(
    parts=st.lists(
        st.tuples(
            st.sampled_from([8_000, 16_000, 22_050, 24_000, 44_100, 48_000]),
            st.floats(0.06, 0.3),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_chunks_emitted_ahead_make_one_unbroken_tone(parts: list[tuple[int, float]]) -> None:
    start, arrivals = 0.0, []
    for rate, seconds in parts:
        count = round(seconds * rate)
        arrivals.append((0.6 * start, as_pcm(rate, [tone(rate, 700.0, start, count)], "float32")))
        start += count / rate
    sent = play(arrivals, start + 1.0)
    heard = np.concatenate([frame.samples for _, frame in sent], axis=1)[0]
    whole = heard[: round(start * 48_000)]
    assert judge(whole, 48_000, 700.0, 1_400).worst < -60
    assert not heard[round(start * 48_000) + 1_400 :].any()


def test_the_last_milliseconds_are_heard() -> None:
    chunk = as_pcm(8_000, [np.full(800, 0.25)], "float32")
    sent = play([(0.0, chunk)], 1.0)
    heard = np.concatenate([frame.samples for _, frame in sent], axis=1)[0]
    assert (np.abs(heard[300:4_800].astype(int) - 8_192) < 400).all()
    assert not heard[4_800 + 144 + 250 :].any()


def test_the_first_stereo_chunk_makes_it_stereo() -> None:
    mono = Pcm(48_000, np.full((1, 960), 5_000, np.int16))
    stereo = Pcm(48_000, np.stack([np.full(960, 5_000, np.int16), np.zeros(960, np.int16)]))
    sent = play([(0.0, mono), (0.02, stereo), (0.04, mono)], 0.05)
    assert [frame.samples.shape[0] for _, frame in sent] == [1, 2, 2]
    assert sent[1][1].samples[:, 500].tolist() == [5_000, 0]


def test_clear_forgets_what_the_resampler_held() -> None:
    playback = PlayoutBuffer()
    playback.play(Pcm(24_000, np.full((1, 4_800), 9_000, np.int16)))
    assert isinstance(playback.next(0.0), Frame)
    assert playback.clear() == pytest.approx(0.18, abs=0.002)
    closing = playback.next(0.02)
    assert isinstance(closing, Frame)
    assert not closing.samples[:, 300:].any()
    assert playback.next(0.5) == Wait(None)
