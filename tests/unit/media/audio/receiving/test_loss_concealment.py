"""Lost audio is filled in without a step, falls silent, and gives way to what comes next."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradio_webrtc.media.audio.framing import FADE_SAMPLES
from gradio_webrtc.media.audio.receiving.loss_concealment import (
    FADE_OUT,
    HISTORY,
    LossConcealer,
    conceal,
)
from tests.unit.media.tones import few

Int16 = npt.NDArray[np.int16]
PERIOD = 300
"""Samples of one period of the voice: 160 Hz."""


def voice(start: int, count: int, channels: int = 1) -> Int16:
    """Return a periodic sound with overtones from sample ``start`` on."""
    at = 2 * np.pi * (start + np.arange(count)) / PERIOD
    wave = 6000 * (np.sin(at) + 0.5 * np.sin(2 * at + 1) + 0.25 * np.sin(5 * at + 2))
    return np.rint(np.tile(wave, (channels, 1))).astype(np.int16)


def steepest(samples: Int16) -> int:
    return int(np.abs(np.diff(samples.astype(int), axis=1)).max())


def vowel(count: int) -> Int16:
    at = np.arange(count) / 48_000
    wave = np.sum([np.sin(2 * np.pi * 150 * k * at + k) / k for k in range(1, 12)], axis=0)
    return np.asarray((wave * 6_000).astype(np.int16)[np.newaxis])


def test_concealment_goes_on_with_the_voice_and_leaves_no_click() -> None:
    whole, concealer = vowel(960 * 6), LossConcealer(1)
    frames = [whole[:, n * 960 : (n + 1) * 960] for n in range(6)]
    heard = [concealer.received(frame) for frame in frames[:3]]
    heard.append(concealer.missing(960))
    heard += [concealer.received(frame) for frame in frames[4:]]
    sound = np.concatenate(heard, axis=1)[0].astype(int)
    natural = np.abs(np.diff(whole[0].astype(int))).max()
    assert np.abs(np.diff(sound)).max() < 1.5 * natural
    original = whole[0, 3 * 960 : 4 * 960].astype(int)
    error = np.sqrt(np.mean((sound[3 * 960 : 4 * 960] - original) ** 2))
    assert error < 0.35 * np.sqrt(np.mean(original**2))
    assert np.array_equal(sound[4 * 960 + 240 :], whole[0, 4 * 960 + 240 :])


def test_a_long_loss_fades_to_silence() -> None:
    concealer = LossConcealer(2)
    concealer.received(np.repeat(vowel(1_920), 2, axis=0))
    parts = [concealer.missing(960) for _ in range(6)]
    loudness = [int(np.abs(part.astype(int)).max()) for part in parts]
    assert loudness[0] > loudness[1] > loudness[2] > 0
    assert loudness[3:] == [0, 0, 0]
    assert parts[0].shape == (2, 960)
    sudden = concealer.received(np.full((2, 960), 9_000, np.int16))[0].astype(int)
    assert np.abs(np.diff(sudden, prepend=0)).max() <= 9_000


def test_concealing_without_history_is_silence() -> None:
    assert not conceal(np.zeros((1, 0), np.int16), 960).any()
    assert conceal(vowel(100), 5 * FADE_OUT).shape == (1, 5 * FADE_OUT)


@few
@given(seed=st.integers(0, 99), known=st.integers(0, 3_000), count=st.integers(0, 4_000))
def test_concealing_anything_is_never_louder_than_it_was(seed: int, known: int, count: int) -> None:
    noise = np.random.default_rng(seed).integers(-9_000, 9_000, (2, known), dtype=np.int16)
    made = conceal(noise, count)
    assert made.shape == (2, count)
    assert made.dtype == np.int16
    assert np.abs(made.astype(int)).max(initial=0) <= 9_000


def test_a_voice_goes_on_in_its_own_pitch() -> None:
    filled, gone = conceal(voice(0, HISTORY), 960), voice(HISTORY, 960)
    # Behind the linear prediction and before much has faded it is what was lost.
    behind = slice(FADE_SAMPLES, 480)
    assert np.abs(filled[0, behind].astype(int) - gone[0, behind]).max() < 600
    assert np.corrcoef(filled[0], gone[0])[0, 1] > 0.97


def test_two_of_the_shortest_periods_are_enough() -> None:
    assert conceal(voice(0, 240), 960).any()


@pytest.mark.parametrize("known", [0, 100, 239])
def test_after_too_little_there_is_silence(known: int) -> None:
    assert not conceal(voice(0, known), 960).any()
    assert conceal(voice(0, known), 960).shape == (1, 960)


class TestLossConcealer:
    def test_without_a_loss_frames_pass_as_they_are(self) -> None:
        concealer = LossConcealer(1)
        for number in range(5):
            frame = voice(960 * number, 960)
            assert concealer.received(frame) is frame

    def test_one_gap_is_the_same_however_it_is_asked_for(self) -> None:
        at_once, in_parts = LossConcealer(1), LossConcealer(1)
        for each in (at_once, in_parts):
            each.received(voice(0, HISTORY))
        parts = [in_parts.missing(count) for count in (960, 1, 959, 1920)]
        assert [part.shape for part in parts] == [(1, 960), (1, 1), (1, 959), (1, 1920)]
        assert np.array_equal(np.concatenate(parts, axis=1), at_once.missing(3840))

    def test_what_comes_after_a_gap_is_blended_in(self) -> None:
        concealer = LossConcealer(1)
        concealer.received(voice(0, HISTORY))
        filled = concealer.missing(480)
        frame = voice(77, 960)  # out of phase with what was made up
        before = frame.copy()
        blended = concealer.received(frame)
        assert np.array_equal(frame, before)
        assert np.array_equal(blended[:, FADE_SAMPLES:], frame[:, FADE_SAMPLES:])
        joined = np.concatenate([filled, blended], axis=1)
        bare = np.concatenate([filled, frame], axis=1)
        assert steepest(joined) < 1000 < abs(int(bare[0, 480]) - int(bare[0, 479]))

    def test_after_a_long_gap_it_fades_in_from_silence(self) -> None:
        concealer = LossConcealer(1)
        concealer.received(voice(0, HISTORY))
        concealer.missing(FADE_OUT - 1)
        concealer.missing(960)
        frame = voice(100, 960)
        assert np.array_equal(concealer.received(frame), frame)  # nothing is left to blend with

    def test_a_second_gap_goes_on_from_what_came_between(self) -> None:
        concealer = LossConcealer(1)
        concealer.received(voice(0, HISTORY))
        concealer.missing(960)
        concealer.received(np.zeros((1, HISTORY), np.int16))
        assert np.abs(concealer.missing(960)).max() == 0

    def test_a_gap_before_anything_came_is_silent(self) -> None:
        assert LossConcealer(2).missing(960).tolist() == np.zeros((2, 960)).tolist()
