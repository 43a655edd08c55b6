"""What did not come is asked for, asked for again, and given up."""

from __future__ import annotations

import pytest

from gradio_webrtc.media.video.missing_packets import ASK_INTERVAL, MAX_MISSING, MissingPackets

PATIENCE = 0.5


def missing(*numbers: int, now: float = 10.0) -> MissingPackets:
    packets = MissingPackets()
    for number in numbers:
        assert packets.add(range(number, number + 1), now)
    return packets


def test_nothing_is_missing_at_first() -> None:
    packets = MissingPackets()
    assert packets.next_look(PATIENCE) is None
    assert packets.overdue(PATIENCE, 1e9) is None
    assert packets.due(1e9) == []


def test_each_is_asked_for_at_once_and_then_at_intervals() -> None:
    packets = missing(5, 6)
    assert packets.due(10.0) == [5, 6]
    assert packets.due(10.0 + 0.9 * ASK_INTERVAL) == []
    assert packets.due(10.0 + ASK_INTERVAL) == [5, 6]
    assert packets.due(10.0 + 1.9 * ASK_INTERVAL) == []


def test_they_are_asked_for_in_order_by_the_numbers_on_the_wire() -> None:
    packets = MissingPackets()
    packets.add(range(0x2FFFE, 0x30002), 10.0)
    packets.add(range(7, 8), 10.0)
    assert packets.due(10.0) == [7, 0xFFFE, 0xFFFF, 0, 1]


def test_what_came_or_is_needed_no_more_is_not_asked_for() -> None:
    packets = missing(5, 6, 7, 8)
    packets.arrived(8)
    packets.arrived(99)
    packets.drop_before(7)
    assert packets.due(10.0) == [7]
    packets.drop_before(8)
    assert packets.next_look(PATIENCE) is None


def test_the_last_that_was_waited_for_long_enough_is_overdue() -> None:
    packets = missing(5, 6)
    packets.add(range(9, 10), 10.2)
    assert packets.overdue(PATIENCE, 10.4) is None
    assert packets.overdue(PATIENCE, 10.5) == 6
    assert packets.overdue(PATIENCE, 10.7) == 9
    packets.due(10.45)  # asking again does not begin the wait anew
    assert packets.overdue(PATIENCE, 10.5) == 6


def test_the_next_look_is_at_the_next_request_or_the_end_of_the_patience() -> None:
    packets = missing(5)
    assert packets.next_look(PATIENCE) == 10.0
    packets.due(10.0)
    assert packets.next_look(PATIENCE) == pytest.approx(10.0 + ASK_INTERVAL)
    assert packets.next_look(0.05) == pytest.approx(10.05)


def test_too_many_are_not_asked_for_one_by_one() -> None:
    packets = MissingPackets()
    assert packets.add(range(MAX_MISSING - 1), 10.0)
    assert not packets.add(range(1000, 1002), 10.0)
    assert len(packets.due(10.0)) == MAX_MISSING - 1
    assert packets.add(range(1000, 1001), 10.0)
    assert packets.due(10.0) == [1000]
