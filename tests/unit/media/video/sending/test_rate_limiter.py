"""At most so many pictures a second, evenly: on a clock the test steps."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from gradio_webrtc.media.video.sending.rate_limiter import (
    CAMERA_DRIFT,
    EARLY,
    FrameRate,
    FrameRateLimiter,
)


def limiter(fps: float) -> FrameRateLimiter:
    return FrameRateLimiter(FrameRate(fps))


def waits_behind_a_camera(rate: FrameRate, camera_fps: float, stall_s: float) -> list[float]:
    """Return how long each frame waited of a camera, whose newest frame alone is kept.

    Making and encoding one takes 10 ms; the 20th takes ``stall_s`` longer.
    """
    cadence, waits, now, number = FrameRateLimiter(rate), [], 0.0, -1
    for call in range(3000):
        # The function is called when the next frame may be shown, with the newest or the next one.
        ready = now + cadence.wait(now)
        number = max(number + 1, int(ready * camera_fps))
        came = number / camera_fps
        waits.append(max(ready, came) - max(now, came))
        now = max(ready, came) + 0.01 + stall_s * (call == 20)
        now += cadence.wait(now)
        cadence.shown(now)
    return waits


def shown(cadence: FrameRateLimiter, arrivals: list[float]) -> list[float]:
    """Return when pictures that arrive at these moments are shown; each waits for its turn."""
    moments, now = [], 0.0
    for arrival in arrivals:
        now = max(now, arrival)
        now += cadence.wait(now)
        cadence.shown(now)
        moments.append(now)
    return moments


@pytest.mark.parametrize("fps", [1, 7, 30, 60])
def test_a_source_that_is_always_ready_is_shown_at_exactly_fps(fps: int) -> None:
    moments = shown(limiter(fps), [0.0] * (10 * fps))
    steps = [after - before for before, after in pairwise(moments[1:])]
    assert min(steps) == pytest.approx(1 / fps)
    assert max(steps) == pytest.approx(1 / fps)


def test_a_camera_of_the_same_rate_never_waits_whatever_its_jitter() -> None:
    chance = random.Random(1)
    arrivals = [1 + n / 30 + chance.uniform(-0.5, 0.5) * EARLY / 30 for n in range(3000)]
    assert shown(limiter(30), arrivals) == arrivals


def test_a_slower_source_never_waits() -> None:
    arrivals = [n / 25 for n in range(1000)]
    assert shown(limiter(30), arrivals) == arrivals


def test_a_faster_source_is_held_back_to_the_rate() -> None:
    moments = shown(limiter(15), [n / 30 for n in range(300)])
    assert (len(moments) - 1) / (moments[-1] - moments[0]) == pytest.approx(15, rel=0.01)


def test_a_slow_moment_is_not_made_up_for_by_a_burst() -> None:
    cadence = limiter(30)
    moments = shown(cadence, [0.0] * 10 + [5.0] * 60)
    late = [moment for moment in moments if moment >= 5.0]
    assert late[30] - late[0] == pytest.approx(1.0, abs=2 * EARLY / 30 + 1e-6)


def test_two_pictures_are_never_close_together() -> None:
    chance = random.Random(2)
    arrivals = sorted(chance.uniform(0, 100) for _ in range(3000))
    moments = shown(limiter(30), arrivals)
    steps = [after - before for before, after in pairwise(moments)]
    assert min(steps) >= (1 - 2 * EARLY) / 30 - 1e-9


@pytest.mark.parametrize("stall_s", [0.0, 0.02, 0.04, 0.05, 0.06, 0.1, 0.5])
def test_after_a_slow_moment_a_camera_s_frames_are_shown_as_they_come(stall_s: float) -> None:
    waits = waits_behind_a_camera(FrameRate.following(30, drift=True), 30, stall_s)
    assert max(waits[30:]) == 0


def test_a_camera_that_is_a_little_faster_never_waits() -> None:
    rate = FrameRate.following(30, drift=True)
    assert max(waits_behind_a_camera(rate, 30.03, 0)) == 0
    # What goes with audio keeps to the rate, however long it lasts.
    exact = FrameRate.following(30, drift=False)
    assert max(waits_behind_a_camera(exact, 30.03, 0)) > 0.01


def test_what_answers_a_camera_is_held_back_to_the_rate_as_well() -> None:
    rate = FrameRate.following(15, drift=True)
    moments = shown(FrameRateLimiter(rate), [n / 30 for n in range(300)])
    steps = [after - before for before, after in pairwise(moments)]
    assert (len(steps)) / (moments[-1] - moments[0]) <= 15 * (1 + CAMERA_DRIFT) * 1.01
    assert min(steps[1:]) > 0.5 / 15
