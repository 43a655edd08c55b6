"""Which steps a detector is not asked about."""

from __future__ import annotations

import numpy as np
import pytest

from gradio_webrtc.media.audio.pcm import Int16Array
from gradio_webrtc.turns.detection.spared_steps import (
    ALERT_STEPS,
    CHECKED_STEPS,
    KNOWN_STEPS,
    SETTLING_STEPS,
    SPARED_STEPS,
    SparedSteps,
)

RATE = 16_000
LOOKBACK = 8


def noise(count: int, level: float = 20.0, seed: int = 1) -> list[Int16Array]:
    sound = np.random.default_rng(seed).normal(0, level, (count, 1, 512))
    return list(sound.astype(np.int16))


def silence(count: int) -> list[Int16Array]:
    return list(np.zeros((count, 1, 512), np.int16))


def asked(spared: SparedSteps, steps: list[Int16Array], together: int = 1) -> list[bool]:
    found: list[bool] = []
    for start in range(0, len(steps), together):
        for run in spared.runs(steps[start : start + together]):
            found += [run.asked] * len(run.steps)
    return found


@pytest.fixture
def known() -> SparedSteps:
    """What has heard the noise of a room for a while."""
    spared = SparedSteps(RATE, 8, LOOKBACK)
    asked(spared, noise(KNOWN_STEPS + 10))
    return spared


@pytest.mark.parametrize("together", [1, 4, 7])
def test_a_room_is_left_out_once_it_is_known_but_for_a_check_now_and_then(together: int) -> None:
    found = asked(SparedSteps(RATE, 8, LOOKBACK), noise(700), together)
    assert all(found[:KNOWN_STEPS])
    most = CHECKED_STEPS / (CHECKED_STEPS + SPARED_STEPS)
    assert most / 2 < np.mean(found[60:]) < 0.3
    longest = max(map(len, "".join(".x"[one] for one in found).split("x")))
    assert SPARED_STEPS <= longest <= SPARED_STEPS + together


def test_something_louder_is_asked_about_with_what_came_before(known: SparedSteps) -> None:
    before = noise(20, seed=2)
    assert not any(asked(known, before))
    (run,) = known.runs(noise(1, 200))
    assert run.asked
    assert run.resumes
    assert [id(step) for step in run.again] == [id(step) for step in before[-LOOKBACK:]]
    assert all(asked(known, noise(ALERT_STEPS, seed=3)))
    assert not any(asked(known, noise(5, seed=4)))


def test_what_is_not_answered_yet_is_asked_about_too(known: SparedSteps) -> None:
    before, steps = noise(3, seed=2), [*noise(3, seed=5), *noise(1, 200)]
    asked(known, before)
    (run,) = known.runs(steps)
    assert run.asked
    assert len(run.steps) == 4


def test_after_speech_it_is_asked_about_everything_for_a_while(known: SparedSteps) -> None:
    known.found_speech()
    assert all(asked(known, noise(ALERT_STEPS, seed=2)))
    assert not any(asked(known, noise(5, seed=3)))


@pytest.mark.parametrize("lookback", [0, LOOKBACK])
def test_silence_is_left_out(lookback: int) -> None:
    spared = SparedSteps(RATE, 8, lookback)
    found = asked(spared, silence(40))
    assert all(found[:SETTLING_STEPS])
    assert not any(found[SETTLING_STEPS:])
    (run,) = spared.runs(noise(1, 200))
    assert run.resumes
    assert len(run.again) == lookback


def test_without_a_lookback_noise_is_asked_about() -> None:
    assert all(asked(SparedSteps(RATE, 8, 0), noise(200)))


def test_without_either_everything_is() -> None:
    assert all(asked(SparedSteps(RATE), [*noise(100), *silence(100)]))


def test_nothing_is_gone_on_with_after_a_restart(known: SparedSteps) -> None:
    assert not any(asked(known, noise(4, seed=2)))
    known.restart()
    (run,) = known.runs(noise(1, seed=3))
    assert run.asked
    assert not run.resumes
    assert not run.again
