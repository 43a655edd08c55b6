"""Which estimates say that more is sent than a network takes."""

from __future__ import annotations

import pytest

from gradio_webrtc.media.falling_estimate import (
    APART_SECONDS,
    FALL,
    FLAT_SECONDS,
    FULL_SECONDS,
    GROWTH,
    MEMORY_SECONDS,
    FallingEstimate,
)


def congested(*estimates: tuple[float, int]) -> bool:
    """Return what is known with the last of some estimates."""
    receiver = FallingEstimate()
    assert receiver.newest is None
    for at, bitrate in estimates:
        receiver.add(bitrate, at)
    at, bitrate = estimates[-1]
    assert receiver.newest == bitrate
    return receiver.congested(at)


@pytest.mark.parametrize(
    "estimates",
    [
        [(0.0, 500_000)],
        [(0.0, 500_000), (1.0, 540_000), (2.0, 583_000)],
        [(0.0, 1_000_000), (1.0, 400_000)],  # once
        [(0.0, 1_000_000), (1.0, 800_000), (1.9, 600_000)],  # one moment
        [(0.0, 1_000_000), (1.0, 400_000), (2.5, 420_000), (3.5, 441_000)],  # it recovers
        [(0.0, 1_000_000), (1.0, 990_000), (2.5, 980_000), (4.0, 970_000)],  # hardly less
    ],
)
def test_a_network_with_room(estimates: list[tuple[float, int]]) -> None:
    assert not congested(*estimates)


@pytest.mark.parametrize(
    "estimates",
    [
        [(0.0, 1_000_000), (1.0, 800_000), (1.0 + APART_SECONDS, int(800_000 * FALL) - 1)],
        [(0.0, 1_000_000), (1.0, 400_000), (1.0 + FLAT_SECONDS, int(400_000 * GROWTH) - 1)],
    ],
)
def test_one_that_is_narrow(estimates: list[tuple[float, int]]) -> None:
    assert congested(*estimates)


def test_a_single_fall_counts_for_a_moment() -> None:
    receiver = FallingEstimate()
    receiver.add(1_000_000, 0.0)
    assert not receiver.fell(0.0)
    receiver.add(int(1_000_000 * FALL) + 1, 1.0)  # hardly less
    assert not receiver.fell(1.0)
    receiver.add(800_000, 2.0)
    assert receiver.fell(2.0 + FULL_SECONDS - 0.1)
    assert not receiver.fell(2.0 + FULL_SECONDS)
    assert not receiver.congested(2.0)


def test_it_is_forgotten() -> None:
    receiver = FallingEstimate()
    for at, bitrate in ((0.0, 1_000_000), (1.0, 800_000), (3.0, 500_000)):
        receiver.add(bitrate, at)
    assert receiver.congested(3.0 + MEMORY_SECONDS - 0.1)
    assert not receiver.congested(3.0 + MEMORY_SECONDS)
