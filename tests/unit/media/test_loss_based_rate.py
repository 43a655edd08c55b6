"""A ceiling for what is sent, by the losses that are reported."""

from __future__ import annotations

import itertools
import random

import pytest

from gradio_webrtc.media.loss_based_rate import (
    BY_CHANCE,
    GROWTH,
    LEAST,
    LIGHT,
    LossBasedRate,
)
from gradio_webrtc.media.packet_loss import HEAVY

MOST = 3_000_000


def test_without_losses_it_is_no_ceiling() -> None:
    rate = LossBasedRate(MOST)
    assert rate.ceiling == MOST
    assert [rate.reported(0.0, MOST) for _ in range(3)] == [MOST] * 3


def test_heavy_losses_bring_it_down_by_half_of_them_from_what_was_sent() -> None:
    rate = LossBasedRate(MOST)
    assert rate.reported(0.2, 1_000_000) == 900_000
    assert rate.reported(0.2, 900_000) == 810_000


def test_after_a_clean_line_one_bad_report_counts_for_a_part() -> None:
    rate = LossBasedRate(MOST)
    rate.reported(0.0, MOST)
    assert rate.reported(0.3, MOST) == MOST
    assert rate.reported(0.3, MOST) < MOST
    sudden = LossBasedRate(MOST)
    sudden.reported(0.0, MOST)
    assert sudden.reported(0.9, MOST) < 0.9 * MOST


def test_one_packet_in_ten_lost_by_chance_hardly_changes_anything() -> None:
    dice, rate = random.Random(1), LossBasedRate(1_500_000)
    for _ in range(60):
        lost = sum(dice.random() < 0.1 for _ in range(100)) / 100
        rate.reported(lost, rate.ceiling)
    assert rate.ceiling > 1_000_000


def test_what_is_lost_now_and_then_changes_nothing() -> None:
    rate = LossBasedRate(MOST)
    rate.reported(0.2, 1_000_000)
    for loss in (0.0, 0.0, LIGHT, 0.05, HEAVY):
        rate.reported(loss, 900_000)
    assert rate.ceiling == 837_000  # by the first of them, which are 0.14 smoothed, and no more


def test_without_losses_it_goes_up_again_to_the_most() -> None:
    rate = LossBasedRate(MOST)
    rate.reported(0.5, 1_000_000)
    ceilings = [rate.reported(0.0, rate.ceiling) for _ in range(99)]
    lowest = min(ceilings)
    assert 400_000 < lowest < 750_000
    at = ceilings.index(lowest)
    assert MOST not in ceilings[: at + 25]  # doubled in 14 seconds
    assert ceilings[at + 50] == MOST
    grows = [now for before, now in itertools.pairwise(ceilings) if now > before]
    assert grows[0] == pytest.approx(GROWTH * lowest, abs=1)


def test_it_ends_where_losses_lead_nowhere_and_never_above_what_was_sent() -> None:
    rate = LossBasedRate(MOST)
    for _ in range(60):
        rate.reported(0.2, rate.ceiling)
    assert rate.ceiling == BY_CHANCE
    low = LossBasedRate(MOST)  # that much is sent, and no more
    assert low.reported(0.2, 200_000) == 200_000
    slow = LossBasedRate(100_000)
    assert slow.reported(0.2, 100_000) == 100_000


def test_severe_losses_bring_it_down_to_whatever_gets_through_and_it_comes_back() -> None:
    rate = LossBasedRate(MOST)
    for _ in range(30):
        rate.reported(0.4, rate.ceiling)
    assert rate.ceiling == LEAST
    for _ in range(60):
        rate.reported(0.0, LEAST)
    assert rate.ceiling > 1_000_000
