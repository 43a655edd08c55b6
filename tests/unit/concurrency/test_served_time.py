"""The time in which an event loop could not run does not count."""

from __future__ import annotations

import pytest

from gradio_webrtc.concurrency.served_time import LATE_SECONDS, ServedTime


def test_it_is_the_clocks_time_while_ticks_come() -> None:
    served = ServedTime(100.0, interval=2.0)
    for now in (102.0, 104.1, 106.1 + LATE_SECONDS):
        assert served.at(now) == now
        assert served.tick(now) == 0


@pytest.mark.parametrize("began", [0.0, 0.5, 1.9])
def test_a_block_is_left_out_but_for_one_interval(began: float) -> None:
    served = ServedTime(0.0, interval=2.0)
    ends = began + 17
    before, after = served.at(began), served.at(ends)
    assert 0 <= after - before <= 2.0
    assert served.tick(ends) == pytest.approx(ends - 2)
    assert served.at(ends) == pytest.approx(after)  # no matter who is called first
    assert served.at(ends + 1) == pytest.approx(after + 1)


def test_blocks_add_up() -> None:
    served = ServedTime(0.0, interval=1.0)
    served.tick(11.0)
    served.tick(32.0)
    assert served.at(32.0) == pytest.approx(2.0)


def test_without_ticks_nothing_is_late() -> None:
    served = ServedTime(0.0, interval=1.0)
    served.pause(0.5)
    assert served.at(100.0) == 100.0
    served.tick(200.0)
    assert served.at(200.5) == 200.5


def test_what_was_lost_is_added_up() -> None:
    served = ServedTime(0.0, 2.0)
    served.tick(2.0)
    assert served.lost == 0
    served.tick(7.0)
    served.tick(12.0)
    assert served.lost == 6
