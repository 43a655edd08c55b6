"""At most so many pictures a second, evenly: on a clock the test steps."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from gradio_webrtc.media.video.rate_limiter import EARLY, FrameRateLimiter


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
    moments = shown(FrameRateLimiter(fps), [0.0] * (10 * fps))
    steps = [after - before for before, after in pairwise(moments[1:])]
    assert min(steps) == pytest.approx(1 / fps)
    assert max(steps) == pytest.approx(1 / fps)


def test_a_camera_of_the_same_rate_never_waits_whatever_its_jitter() -> None:
    chance = random.Random(1)
    arrivals = [1 + n / 30 + chance.uniform(-0.5, 0.5) * EARLY / 30 for n in range(3000)]
    assert shown(FrameRateLimiter(30), arrivals) == arrivals


def test_a_slower_source_never_waits() -> None:
    arrivals = [n / 25 for n in range(1000)]
    assert shown(FrameRateLimiter(30), arrivals) == arrivals


def test_a_faster_source_is_held_back_to_the_rate() -> None:
    moments = shown(FrameRateLimiter(15), [n / 30 for n in range(300)])
    assert (len(moments) - 1) / (moments[-1] - moments[0]) == pytest.approx(15, rel=0.01)


def test_a_slow_moment_is_not_made_up_for_by_a_burst() -> None:
    cadence = FrameRateLimiter(30)
    moments = shown(cadence, [0.0] * 10 + [5.0] * 60)
    late = [moment for moment in moments if moment >= 5.0]
    assert late[30] - late[0] == pytest.approx(1.0, abs=2 * EARLY / 30 + 1e-6)


def test_two_pictures_are_never_close_together() -> None:
    chance = random.Random(2)
    arrivals = sorted(chance.uniform(0, 100) for _ in range(3000))
    moments = shown(FrameRateLimiter(30), arrivals)
    steps = [after - before for before, after in pairwise(moments)]
    assert min(steps) >= (1 - 2 * EARLY) / 30 - 1e-9
