"""The mean of what receivers report to have lost."""

from __future__ import annotations

import pytest

from gradio_webrtc.media.packet_loss import SMOOTHING, SmoothedLoss


def test_the_first_report_counts_whole_and_each_further_one_by_its_weight() -> None:
    loss = SmoothedLoss()
    assert loss.fraction == 0.0
    assert loss.reported(0.2) == loss.fraction == 0.2
    assert loss.reported(0.0) == pytest.approx(0.2 * (1 - SMOOTHING))
    assert loss.reported(1.0) == pytest.approx(0.14 + SMOOTHING * 0.86)
