"""Durations by their length."""

from __future__ import annotations

from gradio_webrtc.server.operation.histogram import BOUNDS, Histogram


def test_each_is_counted_at_every_bound_that_it_does_not_pass() -> None:
    histogram = Histogram()
    for seconds in (0.05, 0.1, 0.11, 4.0, 60.0):
        histogram.add(seconds)
    counts = dict(zip((*BOUNDS, float("inf")), histogram.cumulative(), strict=True))
    assert (counts[0.1], counts[0.2], counts[3.0], counts[5.0]) == (2, 3, 3, 4)
    assert counts[10.0] == 4
    assert counts[float("inf")] == 5
    assert histogram.total == 64.26


def test_one_takes_in_another() -> None:
    one, other = Histogram(), Histogram()
    one.add(0.2)
    other.add(7.0)
    one.include(other)
    assert one.cumulative()[-1] == 2
    assert one.total == 7.2
    assert other.cumulative()[-1] == 1
