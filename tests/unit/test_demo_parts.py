"""What the demos compute, without a page.

The tests are ``async`` for Gradio's sake: outside an event loop, an app makes one and leaves it.
"""

from __future__ import annotations

import itertools
import sys

import numpy as np
import pytest

from tests.support import demos


async def test_what_changes_on_the_screen_keeps_its_colours() -> None:
    demo = demos.load("screen_share")
    still = np.full((120, 160, 3), (200, 120, 40), np.uint8)
    for _ in range(3):
        calm = demo.look(still.copy(), "What changes", 1)
    assert calm.max() < 40
    moved = still.copy()
    moved[40:80, 60:100] = (20, 60, 220)
    lively = demo.look(moved, "What changes", 1)
    assert np.abs(lively[60, 80].astype(int) - moved[60, 80]).max() < 10
    assert lively[10, 10].max() < 40


async def test_the_robots_voice_is_the_voice_times_a_tone() -> None:
    robot = demos.load("audio_video").Robot()
    robot.set_args([True, 100.0, True, 8])
    rate, heard = 48_000, []
    for start in range(0, rate // 2, 960):
        times = np.arange(start, start + 960) / rate
        robot.receive((rate, (8000 * np.sin(2 * np.pi * 1000 * times))[None].astype(np.int16)))
        heard.append(robot.emit()[1][0])
    spectrum = np.abs(np.fft.rfft(np.concatenate(heard) * np.hanning(rate // 2)))
    # A product of two tones has their sum and difference; a seam between chunks would add more.
    strongest = sorted(np.argsort(spectrum)[-6:] * 2)
    assert strongest == [898, 900, 902, 1098, 1100, 1102]
    assert spectrum[460:540].max() < spectrum.max() / 100


@pytest.mark.parametrize("frequency", [65.4, 110.0, 329.6, 659.3, 987.8])
async def test_the_tuner_finds_the_pitch(frequency: float) -> None:
    demos.load("additional_outputs")
    tuning = sys.modules["tuning"]
    times = np.arange(tuning.WINDOW) / tuning.RATE
    sound = sum(np.sin(2 * np.pi * frequency * number * times) / number for number in range(1, 6))
    found, loudness = tuning.pitch_and_loudness(0.1 * sound)
    assert found == pytest.approx(frequency, rel=0.005)
    assert -30 < loudness < -15
    assert tuning.pitch_and_loudness(0 * sound)[0] == 0


@pytest.mark.parametrize("seed", range(5))
async def test_the_music_box_is_in_tune_and_in_time(
    monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    demo = demos.load("server_audio")
    monkeypatch.setattr(sys.modules["music"], "RNG", np.random.default_rng(seed))
    chunks = list(demo.play("Ode to Joy", "Guitar", 120))
    seconds = [samples.size / rate for rate, samples in chunks]
    assert seconds[:-1] == [0.5] * 15
    for (_, samples), pitch in zip(chunks[:3], (64, 64, 65), strict=False):
        assert np.abs(samples).max() <= 1
        # A string's overtones may be louder than its pitch, so: it looks like itself a period on.
        likeness = np.correlate(samples[2000:4400], samples[2000:4000], "valid")
        likely = 50 + int(likeness[50:120].argmax())
        assert likely == pytest.approx(24_000 / (440 * 2 ** ((pitch - 69) / 12)), abs=1.5)
        assert abs(samples.mean()) < 0.01


async def test_life_lives_by_conways_rules() -> None:
    demos.load("server_video")
    scenes = sys.modules["scenes"]
    # At full speed there is one picture a generation, and only the living glow at full heat.
    pictures = [picture[::4, ::4] for picture in itertools.islice(scenes.life(scenes.FPS), 4)]
    assert pictures[0].shape == (90, 160, 3)
    before, after = ((picture == scenes.GLOW[255]).all(axis=2) for picture in pictures[2:])
    neighbours = (
        sum(np.roll(before, (y, x), (0, 1)).astype(int) for y in (-1, 0, 1) for x in (-1, 0, 1))
        - before
    )
    assert (after == ((neighbours == 3) | (before & (neighbours == 2)))).all()


async def test_the_pocket_console_paints_what_is_bright_bright_in_four_greens() -> None:
    demo = demos.load("process_pool")
    picture = np.zeros((120, 160, 3), np.uint8)
    picture[:, 80:] = np.linspace(0, 255, 120, dtype=np.uint8)[:, None, None]
    painted = demo.pocket_console(picture, 80)
    painted = painted[0] if isinstance(painted, tuple) else painted
    assert painted.shape == picture.shape
    greens = sys.modules["pixels"].GREENS
    assert {tuple(colour) for colour in painted.reshape(-1, 3)} <= {tuple(c) for c in greens}
    assert (painted[:, :70] == greens[0]).all()
    levels = np.argmax((painted[:, 90:, None] == greens).all(axis=3), axis=2)
    # What one pixel got wrong its neighbours make good: ten rows are as bright as they were.
    brightness = (85 * levels.mean(axis=1)).reshape(12, 10).mean(axis=1)
    was = picture[:, 90, 0].reshape(12, 10).mean(axis=1)
    assert np.abs(brightness - was).max() < 12
