"""A process that is too slow drops what is too old; nothing else makes it drop anything."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import pytest

from gradio_webrtc.media.audio.receiving.stale_packets import (
    CURRENT_SECONDS,
    LATE_SECONDS,
    PATIENCE_SECONDS,
    StalePackets,
)

RATE = 48_000
PACKET = 0.02


@dataclass
class Reader:
    """Reads packets from a socket, each after the one before has been worked on.

    Attributes:
        work: seconds that a packet takes which is not dropped; a dropped one takes nearly nothing.
        now: its clock.
        ages: how long each packet had waited that was not dropped.
    """

    work: float
    now: float = 0.0
    socket: deque[tuple[float, int]] = field(default_factory=deque)
    ages: list[float] = field(default_factory=list)
    told: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.stale = StalePackets(lambda: self._arrived() > 0, self.told.append)

    def _arrived(self) -> int:
        return sum(at <= self.now for at, _ in self.socket)

    def send(self, arrival: float, timestamp: int) -> None:
        self.socket.append((arrival, timestamp))

    def read_all(self) -> None:
        while self.socket:
            arrival, timestamp = self.socket.popleft()
            self.now = max(self.now, arrival) + 0.0002
            if not self.stale.drops(timestamp % 2**32, RATE, self.now):
                self.ages.append(self.now - arrival)
                self.now += self.work


def talk(reader: Reader, seconds: float, start: float = 0.0, origin: int = 0) -> None:
    """Send packets for so long, in time."""
    for number in range(round(seconds / PACKET)):
        reader.send(start + number * PACKET, origin + round((start + number * PACKET) * RATE))


@pytest.mark.parametrize("work", [0.021, 0.03, 0.1])
def test_who_reads_too_slowly_is_never_far_behind(work: float) -> None:
    reader = Reader(work)
    talk(reader, 120, origin=2**32 - 100_000)
    reader.read_all()
    slower = 1 - PACKET / work
    assert max(reader.ages) < LATE_SECONDS + slower * PATIENCE_SECONDS + 2 * work
    assert max(reader.told) == pytest.approx(max(reader.ages), abs=2 * work)
    done = 120 / PACKET - len(reader.told)
    assert done >= 0.95 * 120 / work  # all that there was time for, but for a few


def test_who_keeps_up_drops_nothing() -> None:
    reader = Reader(0.019)
    talk(reader, 120)
    reader.read_all()
    assert not reader.told


@pytest.mark.parametrize("stood_still", [3.0, 10.0])
def test_a_process_that_stood_still_reads_all_that_waited(stood_still: float) -> None:
    reader = Reader(0.002)
    talk(reader, 20)
    for _ in range(100):
        arrival, timestamp = reader.socket.popleft()
        reader.now = max(reader.now, arrival)
        assert not reader.stale.drops(timestamp, RATE, reader.now)
    reader.now += stood_still
    reader.read_all()
    assert not reader.told
    assert max(reader.ages) > stood_still - 0.1
    assert reader.ages[-1] < CURRENT_SECONDS


def test_a_network_that_holds_packets_back_loses_none_of_them() -> None:
    reader = Reader(0.001)
    talk(reader, 2)
    for number in range(250):  # five seconds that come at once
        reader.send(7.0, round((2 + number * PACKET) * RATE))
    talk(reader, 10, start=7.0)
    for number in range(500):  # and ten whose delay grows to three seconds
        reader.send(17 + number * PACKET * 1.3, round((17 + number * PACKET) * RATE))
    talk(reader, 10, start=31.0)
    reader.read_all()
    assert not reader.told


def test_a_sender_whose_clock_stands_in_silence_is_not_late() -> None:
    reader = Reader(0.001)
    for number in range(2000):
        pause = 4.0 * (number // 100)
        # Two packets at once, so that another one always waits behind the first.
        reader.send(pause + (number // 2) * 2 * PACKET, round(number * PACKET * RATE))
    reader.read_all()
    assert not reader.told


def test_a_clock_that_runs_slow_or_is_set_back_is_followed() -> None:
    reader = Reader(0.001)
    for number in range(20_000):
        back = 50_000_000 if number > 10_000 else 0
        reader.send(number * PACKET, round(number * PACKET * RATE * 0.98) - back)
    reader.read_all()
    assert not reader.told
