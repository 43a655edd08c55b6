"""What an encoder whose frames go to many aims at."""

from __future__ import annotations

import pytest

from gradio_webrtc.media.sharing.shared_bitrate import CHANGE_INTERVAL, SharedBitrate

LIMIT = 2_000_000


@pytest.mark.parametrize(
    ("estimates", "target"),
    [
        ([5_000_000], LIMIT),
        ([1_500_000, 1_500_000, 1_500_000, 1_500_000, 50_000], 1_500_000),  # one decides nothing
        ([1_500_000, 1_500_000, 10**12], 1_500_000),  # nor does nonsense
        ([1_500_000, 1_500_000, 700_000], 700_000),  # unless they are few
        ([10_000, 10_000, 5_000_000], LIMIT // 4),  # and what is of no use is not made
        ([], LIMIT // 2),
    ],
)
def test_three_of_four_viewers_decide_within_bounds(estimates: list[int], target: int) -> None:
    assert SharedBitrate(LIMIT).update(estimates, 0.0) == target


def test_it_changes_rarely_since_each_change_costs_a_key_frame() -> None:
    rate = SharedBitrate(LIMIT)
    assert rate.update([1_500_000], 0.0) == 1_500_000
    assert rate.update([600_000], CHANGE_INTERVAL / 2) == 1_500_000
    assert rate.update([600_000], CHANGE_INTERVAL) == 600_000
    assert rate.update([650_000], 2 * CHANGE_INTERVAL) == 600_000  # not worth it
