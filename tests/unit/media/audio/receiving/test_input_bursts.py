"""Sound that came at once is told, with how much it is; jitter is not."""

from __future__ import annotations

import pytest

from gradio_webrtc.media.audio.receiving.input_bursts import InputBursts


def test_steady_sound_and_jitter_are_no_burst() -> None:
    told: list[float] = []
    bursts = InputBursts(told.append)
    now = 0.0
    for number in range(500):
        now = max(now, 0.02 * number + (0.05 if number % 7 == 0 else 0.0))
        bursts.came(0.02, now)
    assert not told


@pytest.mark.parametrize("pause", [0.7, 20.0])
def test_what_comes_at_once_is_told_as_it_grows(pause: float) -> None:
    told: list[float] = []
    bursts = InputBursts(told.append)
    for number in range(100):
        bursts.came(0.02, 0.02 * number)
    for _ in range(50):
        bursts.came(0.02, 2.0 + pause)
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1.0, abs=0.001)
    told.clear()
    told.clear()
    for number in range(400):
        bursts.came(0.02, 2.02 + pause + 0.02 * number)
    assert not told, "what is steady again"
    for _ in range(10):
        bursts.came(0.02, 10.02 + pause)
    assert told[-1] == pytest.approx(0.2, abs=0.03)
