"""What is made of the figures that a page tells of a long call."""

from __future__ import annotations

import numpy as np
import pytest

from proof.sound.first_reply import _delays
from proof.sound.long_call import RATE, WINDOW, Heard
from proof.sound.steady import made_up


def told(second: int, packets: float, concealed: float, silent: float = 0.0) -> dict[str, float]:
    return {
        "at": 100.0 + second,
        "wall": 5000.0 + second,
        "jitterBufferDelay": 0.05 * second * RATE,
        "jitterBufferEmittedCount": float(second * RATE),
        "concealedSamples": concealed * RATE,
        "silentConcealedSamples": silent * RATE,
        "packetsReceived": packets,
        "packetsLost": 0.0,
    }


def test_each_click_is_matched_with_what_is_heard_after_it_and_some_never_come_back():
    heard = Heard([1.0, 2.0, 3.0, 4.0], [1.12, 2.1, 4.15], [])
    clicks, delays = zip(*heard.mouth_to_ear(), strict=True)
    assert clicks == (1.0, 2.0, 4.0)
    assert delays == pytest.approx((120.0, 100.0, 150.0))


def test_the_wait_in_the_jitter_buffer_is_told_by_windows():
    step = round(WINDOW)
    found = [told(second, 50.0 * second, 0.0) for second in range(2 * step + 1)]
    found[-1]["jitterBufferDelay"] += 0.02 * step * RATE
    assert [ms for _, ms in Heard([], [], found).waits()] == pytest.approx([50.0, 70.0])


def test_what_is_made_up_counts_where_packets_came_all_the_time():
    packets = (0, 50, 100, 150, 160, 160, 210, 260, 310)
    made_up = (0, 0.0, 0.1, 0.1, 0.3, 1.3, 1.3, 1.3, 1.3)
    silent = (0, 0.0, 0.0, 0.0, 0.1, 1.1, 1.1, 1.1, 1.1)
    rows = zip(packets, made_up, silent, strict=True)
    found = [told(second, *row) for second, row in enumerate(rows)]
    during, late, other = Heard([], [], found).concealed()
    assert during == pytest.approx(0.1)  # in the second second
    assert late == 0.0
    assert other == pytest.approx(0.1)  # where the packets end: 0.2 less what is silence


def test_what_is_made_up_of_sound_that_came_late_itself_is_told_apart():
    found = [told(second, 50.0 * second, 0.1 * (second > 1)) for second in range(4)]
    evenly = [5000.0 + 0.02 * number for number in range(200)]
    late = [at for at in evenly if not 5001.5 < at < 5001.55]
    assert Heard([], [], found, evenly).concealed() == pytest.approx((0.1, 0.0, 0.0))
    assert Heard([], [], found, late).concealed() == pytest.approx((0.1, 0.1, 0.0))


def test_a_steady_echo_is_counted_by_steps_and_without_silence():
    totals = ((0, 0), (960, 0), (2880, 1920), (2880, 1920))
    found = [
        {"inbound-rtp audio": {"concealedSamples": every, "silentConcealedSamples": silent}}
        for every, silent in totals
    ]
    assert made_up(found) == [20.0, 0.0, 0.0]


def test_a_reply_that_is_never_heard_is_no_delay_of_the_next_one():
    first, second = _delays([1.0, 2.5], [1.05, 6.0])
    assert first == pytest.approx(50.0)
    assert np.isnan(second)
