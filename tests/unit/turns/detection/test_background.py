"""What stands out of the noise of a room."""

from __future__ import annotations

import numpy as np
import pytest

from bench.turns.sounds import RATE, coloured, hum, white
from gradio_webrtc.media.audio.pcm import Int16Array
from gradio_webrtc.turns.detection.background import Background

STEP = 1_536


def steps(sound: np.ndarray) -> list[Int16Array]:
    whole = sound[: len(sound) // STEP * STEP].reshape(-1, 1, STEP)
    return list(np.clip(whole, -32_768, 32_767).astype(np.int16))


def tone(hz: float, level: float) -> np.ndarray:
    return level * np.sqrt(2) * np.sin(2 * np.pi * hz * np.arange(STEP) / RATE)


ROOMS = {
    "a quiet room": white(6, 12.0),
    "pink noise": coloured(6, 30.0, 0.5),
    "rumble": coloured(6, 100.0, 1.0),
    "a fan": hum(6, 300.0),
}


@pytest.mark.parametrize("room", ROOMS)
def test_the_noise_of_a_room_mostly_does_not(room: str) -> None:
    background = Background(RATE)
    found = [background.stands_out(step) for step in steps(ROOMS[room])]
    assert np.mean(found[31:]) < 0.05


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("hz", [200, 500, 2_000, 6_000])
def test_what_is_louder_in_one_part_of_the_spectrum_does(room: str, hz: float) -> None:
    background = Background(RATE)
    sound = ROOMS[room]
    for step in steps(sound)[:-1]:
        background.stands_out(step)
    spectrum = np.abs(np.fft.rfft(sound)) * np.sqrt(2) / len(sound)
    edge = next(high for high in (900, 3_600, 8_000) if hz < high)
    frequency = np.fft.rfftfreq(len(sound), 1 / RATE)
    band = (frequency >= {900: 150, 3_600: 900, 8_000: 3_600}[edge]) & (frequency < edge)
    there = np.sqrt(np.sum(spectrum[band] ** 2))
    assert background.stands_out(steps(sound[-STEP:] + tone(hz, 2.5 * max(there, 3.0)))[0])


def test_everything_does_until_there_is_a_background() -> None:
    background = Background(RATE)
    quiet = steps(np.zeros(8 * STEP))
    assert [background.stands_out(step) for step in quiet] == [True] * 4 + [False] * 4
    background.restart()
    assert background.stands_out(quiet[0])


def test_it_is_the_quietest_moment_of_two_seconds() -> None:
    background = Background(RATE)
    for step in steps(white(4, 300.0)):
        background.stands_out(step)
    assert not any(background.stands_out(step) for step in steps(white(2, 20.0)))
    found = [background.stands_out(step) for step in steps(white(4, 300.0, seed=2))]
    assert all(found[:56])
    assert not any(found[-30:])


def test_either_channel_counts() -> None:
    background = Background(RATE)
    noise = np.random.default_rng(3).normal(0, 20, (40, 2, STEP)).astype(np.int16)
    for step in noise:
        background.stands_out(step)
    step = noise[0].copy()
    step[1] += tone(500, 200).astype(np.int16)
    assert background.stands_out(step)


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 44_100])
def test_windows_of_any_rate(rate: int) -> None:
    background = Background(rate)
    count = rate * 32 // 1_000
    noise = np.random.default_rng(4).normal(0, 20, (90, 1, count)).astype(np.int16)
    found = [background.stands_out(step) for step in noise]
    assert np.mean(found[31:]) < 0.1
    assert background.stands_out((noise[0] * 4).astype(np.int16))


def test_a_step_of_hardly_any_samples() -> None:
    background = Background(48_000)
    for _ in range(9):
        background.stands_out(np.zeros((1, 8), np.int16))
