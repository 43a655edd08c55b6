"""The mean of what receivers report to have lost."""

from __future__ import annotations

import pytest

from gradio_webrtc.media.packet_loss import (
    APART_SECONDS,
    SMOOTHING,
    ReportedLoss,
    SmoothedLoss,
)

WHOLE = 2**32


def test_the_first_report_counts_whole_and_each_further_one_by_its_weight() -> None:
    loss = SmoothedLoss()
    assert loss.fraction == 0.0
    assert loss.reported(0.2) == loss.fraction == 0.2
    assert loss.reported(0.0) == pytest.approx(0.2 * (1 - SMOOTHING))
    assert loss.reported(1.0) == pytest.approx(0.14 + SMOOTHING * 0.86)


def test_reports_with_each_request_count_together() -> None:
    loss, told = ReportedLoss(), []
    for packet in range(1, 201):  # each fourth is lost, and told at once in a report of its own
        if packet % 4 == 0:
            continue
        now, lost = packet / 100, packet // 4
        fraction = 0.5 if packet % 4 == 1 else 0.0
        told.append(loss.reported(fraction, lost, packet, now))
    heard = [each for each in told if each is not None]
    assert len(heard) == 2 / APART_SECONDS
    assert heard[1:] == pytest.approx([0.25] * 3, abs=0.02)


def test_the_first_report_tells_its_own_fraction() -> None:
    assert ReportedLoss().reported(0.25, 700, 70_000, 0.0) == 0.25


def test_reports_without_packets_between_tell_nothing() -> None:
    loss = ReportedLoss()
    loss.reported(0.0, 0, 100, 0.0)
    assert loss.reported(0.0, 0, 100, 10.0) is None
    assert loss.reported(0.0, 5, 110, 10.1) == 0.5


@pytest.mark.parametrize(
    ("lost", "highest", "told"),
    [(110, 10, 1.0), (90, 10, 0.0), (103, 10, 0.3), (0, WHOLE - 50, 0.75), (103, WHOLE // 2, 0.75)],
)
def test_numbers_begin_anew_and_nonsense_does_no_harm(lost: int, highest: int, told: float) -> None:
    loss = ReportedLoss()
    loss.reported(0.0, 100, 0, 0.0)
    assert loss.reported(0.75, lost, highest, 1.0) == told
    wrapped = ReportedLoss()
    wrapped.reported(0.0, 100, WHOLE - 5, 0.0)
    assert wrapped.reported(0.75, 102, 5, 1.0) == 0.2
