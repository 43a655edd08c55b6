"""The latest samples of a stream, addressed by how many came before."""

from __future__ import annotations

import numpy as np
import pytest

from gradio_webrtc.media.audio.pcm import Int16Array
from gradio_webrtc.turns.detection.sample_buffer import SampleBuffer


def numbered(start: int, stop: int) -> Int16Array:
    """Samples whose value is their position."""
    return np.arange(start, stop, dtype=np.int16)[np.newaxis]


@pytest.fixture
def buffer() -> SampleBuffer:
    """One with ten samples in pieces of four, three, nothing and three."""
    buffer = SampleBuffer(1)
    for start, stop in [(0, 4), (4, 7), (7, 7), (7, 10)]:
        buffer.append(numbered(start, stop))
    return buffer


def test_there_is_nothing_at_first() -> None:
    buffer = SampleBuffer(2)
    assert (buffer.start, buffer.stop) == (0, 0)
    nothing = buffer.cut(0, 10)
    assert nothing.shape == (2, 0)
    assert nothing.dtype == np.int16


@pytest.mark.parametrize("start", range(11))
@pytest.mark.parametrize("stop", range(12))
def test_any_part_of_what_is_kept_can_be_cut_out(
    buffer: SampleBuffer, start: int, stop: int
) -> None:
    found = buffer.cut(start, stop)
    assert found.shape[0] == 1
    assert found[0].tolist() == list(range(start, min(stop, 10)))


def test_whole_pieces_before_a_position_are_dropped_and_positions_stay(
    buffer: SampleBuffer,
) -> None:
    buffer.drop_before(6)
    assert (buffer.start, buffer.stop) == (4, 10)
    assert buffer.cut(0, 8)[0].tolist() == [4, 5, 6, 7]
    buffer.drop_before(7)
    assert buffer.start == 7
    buffer.drop_before(3)
    assert buffer.start == 7
    buffer.drop_before(10)
    assert (buffer.start, buffer.stop) == (10, 10)
    buffer.append(numbered(10, 12))
    assert buffer.cut(0, 99)[0].tolist() == [10, 11]


def test_what_is_cut_out_is_a_copy(buffer: SampleBuffer) -> None:
    buffer.cut(0, 4)[:] = 99
    assert buffer.cut(0, 4)[0].tolist() == [0, 1, 2, 3]


def test_channels_stay_apart() -> None:
    buffer = SampleBuffer(2)
    buffer.append(np.array([[1, 2, 3], [4, 5, 6]], np.int16))
    assert buffer.cut(1, 3).tolist() == [[2, 3], [5, 6]]
