"""How far apart two timestamps or sequence numbers are that may have wrapped in between."""

from __future__ import annotations

import pytest

from gradio_webrtc.media.rtp_numbers import (
    extended_sequence_distance,
    sequence_distance,
    timestamp_distance,
)


@pytest.mark.parametrize(
    ("timestamp", "before", "apart"),
    [(960, 0, 960), (0, 960, -960), (5, 2**32 - 5, 10), (2**32 - 5, 5, -10), (7, 7, 0)],
)
def test_of_timestamps_the_nearer_way_round_counts(timestamp: int, before: int, apart: int) -> None:
    assert timestamp_distance(timestamp, before) == apart


@pytest.mark.parametrize(
    ("number", "before", "ahead"),
    [
        (8, 7, 1),
        (7, 8, -1),
        (2, 2**16 - 2, 4),
        (2**16 - 2, 2, -4),
        (3, 5 * 2**16 + 1, 2),
        (9, 9, 0),
    ],
)
def test_of_sequence_numbers_too(number: int, before: int, ahead: int) -> None:
    assert sequence_distance(number, before) == ahead


def test_of_those_with_their_cycles_too() -> None:
    assert extended_sequence_distance(70_000, 65_535) == 4_465
    assert extended_sequence_distance(5, 2**32 - 5) == 10
    assert extended_sequence_distance(2**32 - 5, 5) == -10
