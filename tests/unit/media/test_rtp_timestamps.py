"""How far apart two timestamps are that may have wrapped in between."""

from __future__ import annotations

import pytest

from gradio_webrtc.media.rtp_timestamps import difference


@pytest.mark.parametrize(
    ("timestamp", "before", "apart"),
    [(960, 0, 960), (0, 960, -960), (5, 2**32 - 5, 10), (2**32 - 5, 5, -10), (7, 7, 0)],
)
def test_the_nearer_way_round_counts(timestamp: int, before: int, apart: int) -> None:
    assert difference(timestamp, before) == apart
