"""The time in which an event loop could not run does not count."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

import pytest

from gradio_webrtc.concurrency.served_time import LATE_SECONDS, ServedTime, call_later


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


class RoundedClock:
    """A loop's timers, on a clock that goes in whole microseconds, as a virtual one does."""

    def __init__(self, now: int) -> None:
        self.now = now
        self.timers: list[tuple[float, Callable[..., None], tuple[float, ...]]] = []

    def time(self) -> float:
        return self.now / 1e6

    def call_later(self, delay: float, callback: Callable[..., None], *args: float) -> None:
        self.timers.append((self.time() + delay, callback, args))

    def run(self) -> int:
        """Run all timers; return how many there were, of a few."""
        for count in range(10):
            if not self.timers:
                return count
            when, callback, args = self.timers.pop()
            self.now = max(self.now, round(when * 1e6))
            callback(*args)
        return 10


@pytest.mark.parametrize("delay", [0.1, 0.5, 0.7, 1.0, 10.0])
def test_a_timer_looks_twice_whatever_rounding_leaves(delay: float) -> None:
    for start in range(0, 60_000_000, 20_000):
        clock, rang = RoundedClock(start), []
        call_later(cast(asyncio.AbstractEventLoop, clock), delay, rang.append, "now")
        assert clock.run() <= 2, start
        assert rang == ["now"]
        assert clock.time() == pytest.approx(start / 1e6 + delay, abs=2e-6)
