"""A sine in is a sine out, whatever the chunks, rates, dtypes and channel counts."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gradio_webrtc.media.audio.pcm import Pcm
from gradio_webrtc.media.audio.resampler import StreamResampler
from tests.unit.media.tones import AMPLITUDE, as_pcm, few, judge, tone

OUT = 48_000
USUAL = [8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000]
rates = st.one_of(st.sampled_from(USUAL), st.integers(8_000, 96_000))
dtypes = st.sampled_from(["int16", "float32"])
portions = st.lists(st.one_of(st.just(1), st.integers(1, 3_000)), min_size=1, max_size=12)


def margin(*used: int) -> int:
    """Output samples at the start, where the sine sets in, that a kernel may smear."""
    return math.ceil(3 * 24 * OUT / min(used)) + 10


def through(
    segments: list[tuple[int, int, str, int]], frequency: float, out: int = OUT, mono: bool = True
) -> tuple[np.ndarray, float]:
    """Push one long sine in segments of (rate, samples, dtype, channels); return it and its end."""
    resampler, start, heard = StreamResampler(out, 1 if mono else 2), 0.0, []
    for rate, count, dtype, channels in segments:
        left = tone(rate, frequency, start, count)
        right = tone(rate, frequency, start, count, phase=0.0 if mono else 1.0)
        heard.append(resampler.push(as_pcm(rate, [left, right][:channels], dtype)))
        start += count / rate
    heard.append(resampler.flush())
    return np.concatenate(heard, axis=1), start


@few
@given(
    rate=rates,
    dtype=dtypes,
    channels=st.integers(1, 2),
    chunks=portions,
    pitch=st.floats(0.003, 0.38),
)
@example(rate=44_100, dtype="int16", channels=2, chunks=[1] * 5, pitch=0.02)
def test_a_sine_stays_a_sine(
    rate: int, dtype: str, channels: int, chunks: list[int], pitch: float
) -> None:
    frequency = pitch * min(rate, OUT)
    total = max(rate // 4, 1)
    sizes = (chunks * (total // sum(chunks) + 1))[: 4 * len(chunks) + 200]
    sizes.append(total)
    heard, end = through([(rate, size, dtype, channels) for size in sizes], frequency)
    verdict = judge(heard[0], OUT, frequency, margin(rate))
    assert verdict.noise < -75, verdict
    assert verdict.worst < -65, verdict
    assert abs(verdict.phase) < 1e-3, "delayed against the input"
    assert abs(verdict.amplitude / AMPLITUDE - 1) < 0.01
    assert abs(heard.shape[1] - end * OUT) <= 1


@few
@given(
    segments=st.lists(
        st.tuples(rates, st.integers(60, 6_000), dtypes, st.integers(1, 2)), min_size=2, max_size=6
    ),
    pitch=st.floats(0.004, 0.33),
)
@example(segments=[(24_000, 4_800, "int16", 1), (48_000, 9_600, "float32", 1)], pitch=0.1)
@example(segments=[(44_100, 4_411, "int16", 1), (24_000, 4_803, "int16", 2)], pitch=0.3)
@example(segments=[(48_000, 4_801, "int16", 1), (8_000, 801, "int16", 1)] * 3, pitch=0.3)
@example(segments=[(44_100, 441, "int16", 1), (48_000, 960, "int16", 1)] * 9, pitch=0.05)
def test_rate_dtype_and_channels_may_change_in_the_middle_of_a_sine(
    segments: list[tuple[int, int, str, int]], pitch: float
) -> None:
    used = [rate for rate, *_ in segments]
    frequency = pitch * min(used)
    # What sounds before the first change must be long enough to predict from.
    first = (segments[0][0], segments[0][0] // 20, *segments[0][2:])
    last = (segments[-1][0], segments[-1][0] // 20, *segments[-1][2:])
    heard, end = through([first, *segments, last], frequency)
    verdict = judge(heard[0], OUT, frequency, margin(*used))
    assert verdict.worst < -55, verdict
    assert abs(heard.shape[1] - end * OUT) <= 1


def test_the_judge_hears_a_seam_that_is_naive() -> None:
    """Converting each rate on its own and joining the results must not pass the test above."""
    frequency, parts, start = 1_000.0, [], 0.0
    for rate, count in [(24_000, 2_401), (44_100, 4_411), (16_000, 1_601)]:
        alone = StreamResampler(OUT, 1)
        chunk = as_pcm(rate, [tone(rate, frequency, start, count)], "int16")
        parts += [alone.push(chunk), alone.flush()]
        start += count / rate
    heard = np.concatenate(parts, axis=1)
    assert judge(heard[0], OUT, frequency, margin(16_000)).worst > -40


@few
@given(
    rate=st.sampled_from([8_000, 16_000, 24_000, 44_100]),
    chunks=st.lists(st.integers(40, 900), min_size=3, max_size=10),
    pitch=st.floats(0.01, 0.3),
)
def test_going_on_after_a_flush_leaves_no_seam(rate: int, chunks: list[int], pitch: float) -> None:
    resampler, heard, start, frequency = StreamResampler(OUT, 1), [], 0.0, pitch * rate
    for count in [rate // 20, *chunks, rate // 20]:
        heard.append(resampler.push(as_pcm(rate, [tone(rate, frequency, start, count)], "float32")))
        start += count / rate
        heard.append(resampler.flush())
        assert abs(sum(part.shape[1] for part in heard) - start * OUT) <= 1, "held back"
    joined = np.concatenate(heard, axis=1)
    assert judge(joined[0], OUT, frequency, margin(rate)).worst < -60


@pytest.mark.parametrize(("rate", "out"), [(24_000, 48_000), (44_100, 48_000), (48_000, 16_000)])
def test_spectrum_holds_nothing_but_the_tone(rate: int, out: int) -> None:
    frequency = 0.3 * min(rate, out)
    chunks = [(rate, 441, "float32", 1)] * (rate // 441)
    heard, _ = through(chunks, frequency, out)
    middle = heard[0, 500 : 500 + out // 2] / 32_768
    spectrum = np.abs(np.fft.rfft(middle * np.blackman(len(middle)))) ** 2
    peak = int(spectrum.argmax())
    assert abs(peak * out / len(middle) - frequency) <= out / len(middle)
    rest = np.concatenate([spectrum[: max(0, peak - 4)], spectrum[peak + 5 :]])
    assert 10 * np.log10(rest.sum() / spectrum.sum()) < -80


def test_what_lies_above_the_lower_rate_is_removed() -> None:
    """48 kHz to 16 kHz must not fold 11 kHz down to 5 kHz."""
    heard, _ = through([(48_000, 480, "float32", 1)] * 50, 11_000.0, out=16_000)
    assert np.abs(heard[0, 200:-200].astype(int)).max() <= 3


def test_what_lies_near_the_edge_has_no_mirror_image() -> None:
    """16 kHz to 48 kHz must not repeat 7.6 kHz at 8.4 kHz."""
    heard, _ = through([(16_000, 480, "float32", 1)] * 30, 7_600.0)
    image = judge(heard[0], OUT, 8_400.0, 500)
    assert image.amplitude < 0.5 * 10 ** (-60 / 20)


def test_equal_rates_pass_at_once_and_unchanged() -> None:
    resampler, rng = StreamResampler(OUT, 2), np.random.default_rng(1)
    for count in (1, 480, 960, 7):
        samples = rng.integers(-32_768, 32_767, (2, count), dtype=np.int16)
        assert np.array_equal(resampler.push(Pcm(OUT, samples)), samples)
        exact = resampler.push(Pcm(OUT, (samples / 32_768).astype(np.float32)))
        assert np.array_equal(exact, samples)
    assert resampler.flush().shape == (2, 0)
    assert resampler.lag == 0


@pytest.mark.parametrize("rate", [8_000, 24_000, 44_100, 96_000])
def test_little_is_held_back(rate: int) -> None:
    resampler = StreamResampler(OUT, 1)
    ready = resampler.push(Pcm(rate, np.zeros((1, rate // 10), np.int16))).shape[1]
    held = OUT // 10 - ready
    assert held / OUT <= 25 / min(rate, OUT)
    assert held <= resampler.lag


@pytest.mark.parametrize("rate", [44_100, 44_056, 11_025])
def test_length_is_right_over_a_long_run(rate: int) -> None:
    resampler, sizes = StreamResampler(OUT, 1), np.random.default_rng(2).integers(1, 9_000, 400)
    made = sum(resampler.push(Pcm(rate, np.zeros((1, size), np.int16))).shape[1] for size in sizes)
    made += resampler.flush().shape[1]
    assert abs(made - int(sizes.sum()) / rate * OUT) <= 1


def test_stereo_stays_two_channels() -> None:
    heard, _ = through([(24_000, 240, "int16", 2)] * 30, 500.0, mono=False)
    left, right = (judge(channel, OUT, 500.0, 200) for channel in heard)
    assert left.worst < -65
    assert right.worst < -65
    assert right.phase - left.phase == pytest.approx(1.0, abs=1e-3)


def test_channels_may_be_added_while_it_plays() -> None:
    resampler, parts, start = StreamResampler(OUT, 1), [], 0.0
    for number in range(20):
        if number == 10:
            resampler.set_channels(2)
        chunk = as_pcm(24_000, [tone(24_000, 700.0, start, 241)], "int16")
        parts.append(resampler.push(chunk))
        start += 241 / 24_000
    assert {part.shape[0] for part in parts[10:]} == {2}
    heard = np.concatenate([part[-1] for part in parts])
    assert judge(heard, OUT, 700.0, 200).worst < -65


def test_reset_forgets_the_sound_before() -> None:
    resampler = StreamResampler(OUT, 1)
    resampler.push(Pcm(24_000, np.full((1, 480), 20_000, np.int16)))
    resampler.reset()
    assert not resampler.push(Pcm(24_000, np.zeros((1, 480), np.int16))).any()


@few
@given(data=st.data())
def test_noise_in_any_portions_never_grows(data: st.DataObject) -> None:
    """Prediction must not run away on what cannot be predicted."""
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    resampler, loudest = StreamResampler(OUT, 1), 0
    for rate in data.draw(st.lists(rates, min_size=2, max_size=8)):
        count = data.draw(st.sampled_from([1, 2, 5, 6, 7, 40, 500]))
        noise = rng.uniform(-0.25, 0.25, (1, count)).astype(np.float32)
        parts = [resampler.push(Pcm(rate, noise)), resampler.flush()]
        loudest = max(loudest, *(int(np.abs(p.astype(int)).max(initial=0)) for p in parts))
    # White noise between samples is louder than at them, but not by this much.
    assert loudest < 32_768 * 0.25 * 3


def test_empty_chunks_change_nothing() -> None:
    resampler = StreamResampler(OUT, 1)
    assert resampler.push(Pcm(7_000, np.zeros((1, 0), np.float32))).shape == (1, 0)
    first = resampler.push(Pcm(24_000, np.ones((1, 480), np.float32)))
    assert resampler.push(Pcm(8_000, np.zeros((1, 0), np.float32))).shape == (1, 0)
    assert first.shape == (1, 912)
