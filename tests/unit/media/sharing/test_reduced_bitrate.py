"""What those get who cannot follow the others."""

from __future__ import annotations

import pytest

from gradio_webrtc.media.sharing.reduced_bitrate import (
    FALL_INTERVAL,
    LEAST_SHARE,
    MOST_PATIENCE,
    PATIENCE,
    STEP,
    ReducedBitrate,
)

LIMIT = 2_000_000


@pytest.mark.parametrize(
    ("known", "target"),
    [
        ([300_000], 300_000),
        ([300_000, 900_000], 300_000),
        ([300_000, 300_000, 300_000, 300_000, 10_000], 300_000),  # one decides nothing
        ([10_000], LIMIT // LEAST_SHARE),
        ([3_000_000], 1_000_000),  # the most that it may be
        ([], LIMIT // 2),
    ],
)
def test_it_begins_with_what_three_of_four_can_take(known: list[int], target: int) -> None:
    assert ReducedBitrate(LIMIT).update(known, 1_000_000, 0.0) == target


def test_it_goes_down_with_every_report_of_losses() -> None:
    rate = ReducedBitrate(LIMIT)
    rate.update([600_000], LIMIT, 0.0)
    assert rate.update([500_000], LIMIT, FALL_INTERVAL / 2) == 600_000
    assert rate.update([500_000], LIMIT, FALL_INTERVAL) == 500_000
    assert rate.update([480_000], LIMIT, 2 * FALL_INTERVAL) == 500_000  # not worth a key frame
    assert rate.update([400_000], LIMIT, 3 * FALL_INTERVAL) == 400_000


def test_it_goes_up_by_steps_after_a_while_and_later_when_that_was_too_much() -> None:
    rate = ReducedBitrate(LIMIT)
    waits, now = [], 0.0
    rate.update([400_000], LIMIT, now)
    for _ in range(5):
        since = now
        while rate.update([900_000], LIMIT, now) == 400_000:
            now += 1.0
        assert rate.target == round(STEP * 400_000)
        waits.append(now - since)
        now += 1.0
        assert rate.update([400_000], LIMIT, now) == 400_000
    assert waits == [PATIENCE, 2 * PATIENCE, 4 * PATIENCE, MOST_PATIENCE, MOST_PATIENCE]


def test_who_needs_it_later_does_not_get_what_others_got() -> None:
    rate = ReducedBitrate(LIMIT)
    rate.update([150_000], LIMIT, 0.0)
    assert rate.update([], LIMIT, 10.0) == 150_000
    assert rate.update([900_000], LIMIT, 20.0) == 900_000
