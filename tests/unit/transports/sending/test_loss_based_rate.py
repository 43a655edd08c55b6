"""A ceiling for what is sent, by the losses that are reported."""

from __future__ import annotations

import pytest

from gradio_webrtc.transports.sending.loss_based_rate import (
    GROWTH,
    HEAVY,
    INTERVAL,
    LEAST,
    LIGHT,
    LossBasedRate,
)

MOST = 3_000_000


def test_without_losses_it_is_no_ceiling() -> None:
    rate = LossBasedRate(MOST)
    assert rate.ceiling == MOST
    assert [rate.reported(0.0, MOST, float(now)) for now in range(3)] == [MOST] * 3


def test_heavy_losses_bring_it_down_by_half_of_them_from_what_was_sent() -> None:
    rate = LossBasedRate(MOST)
    assert rate.reported(0.2, 1_000_000, 0.0) == 900_000
    assert rate.reported(0.5, 900_000, 1.0) == 675_000


def test_what_is_lost_now_and_then_changes_nothing() -> None:
    rate = LossBasedRate(MOST)
    rate.reported(0.2, 1_000_000, 0.0)
    assert [rate.reported(loss, 900_000, 1.0) for loss in (LIGHT, 0.05, HEAVY)] == [900_000] * 3


def test_without_losses_it_goes_up_again_to_the_most() -> None:
    rate = LossBasedRate(MOST)
    rate.reported(0.5, 1_000_000, 0.0)
    assert rate.reported(0.0, 750_000, 1.0) == round(750_000 * GROWTH)
    seconds = next(now for now in range(2, 100) if rate.reported(0.0, 0, float(now)) == MOST)
    assert 25 < seconds < 35  # doubled in 14


def test_it_ends_where_losses_lead_nowhere_and_never_above_what_was_sent() -> None:
    rate = LossBasedRate(MOST)
    for now in range(60):
        rate.reported(0.3, rate.ceiling, float(now))
    assert rate.ceiling == LEAST
    low = LossBasedRate(MOST)
    assert low.reported(0.3, 200_000, 0.0) == 200_000
    slow = LossBasedRate(100_000)
    assert slow.reported(1.0, 100_000, 0.0) == 100_000


@pytest.mark.parametrize("loss", [0.0, 1.0])
def test_many_reports_at_once_count_as_one(loss: float) -> None:
    rate = LossBasedRate(MOST)
    rate.reported(0.5, 2_000_000, 0.0)
    many = {rate.reported(loss, 1_500_000, INTERVAL * number / 100) for number in range(100)}
    assert many == {1_500_000}
    assert rate.reported(loss, 1_500_000, INTERVAL) != 1_500_000
