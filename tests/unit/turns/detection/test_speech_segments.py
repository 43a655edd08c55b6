"""Where speech is in a recording, from probabilities and the published options."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from gradio_webrtc.turns.detection.speech_segments import speech_segments
from gradio_webrtc.turns.options import SileroVadOptions

RATE, WINDOW = 1_000, 10


def segments(
    pattern: Sequence[tuple[float, int]], total: int | None = None, **options: Any
) -> list[tuple[int, int]]:
    """Return the segments for runs of a probability and a number of windows of 10 ms."""
    bare: dict[str, Any] = {
        "min_speech_duration_ms": 0,
        "min_silence_duration_ms": 1,
        "speech_pad_ms": 0,
    }
    found = [probability for probability, count in pattern for _ in range(count)]
    total = len(found) * WINDOW if total is None else total
    chosen = SileroVadOptions(**{**bare, **options})
    return [
        (one["start"], one["end"]) for one in speech_segments(found, WINDOW, RATE, total, chosen)
    ]


def test_speech_goes_on_a_little_below_where_it_begins() -> None:
    assert segments([(0.4, 3), (0.5, 2), (0.4, 3), (0.3, 2)]) == [(30, 80)]
    assert segments([(0.4, 3), (0.5, 2), (0.1, 3)], threshold=0.6) == []
    assert segments([(0.0, 9)]) == []
    assert segments([]) == []


@pytest.mark.parametrize(("shortest", "found"), [(51, [(0, 80)]), (50, [(0, 20), (70, 80)])])
def test_short_gaps_are_closed(shortest: int, found: list[tuple[int, int]]) -> None:
    pattern = [(0.9, 2), (0.0, 5), (0.9, 1)]
    assert segments(pattern, min_silence_duration_ms=shortest) == found


def test_short_speech_is_left_out_after_gaps_were_closed() -> None:
    pattern = [(0.9, 2), (0.0, 1), (0.9, 2), (0.0, 9), (0.9, 3)]
    options = {"min_silence_duration_ms": 20, "min_speech_duration_ms": 50}
    assert segments(pattern, **options) == [(0, 50)]


def test_long_speech_is_cut() -> None:
    assert segments([(0.9, 25)], max_speech_duration_s=0.1) == [(0, 100), (100, 200), (200, 250)]
    assert segments([(0.9, 10)], max_speech_duration_s=0.1) == [(0, 100)]


def test_segments_are_padded_within_the_recording_and_up_to_half_the_gap() -> None:
    pattern = [(0.0, 1), (0.9, 3), (0.0, 4), (0.9, 2), (0.0, 9)]
    assert segments(pattern, speech_pad_ms=30) == [(0, 60), (60, 130)]
    assert segments(pattern, speech_pad_ms=10) == [(0, 50), (70, 110)]


def test_the_last_window_may_be_longer_than_the_recording() -> None:
    assert segments([(0.0, 1), (0.9, 2)], total=24) == [(10, 24)]
