"""Packets come out in order, once, and never wait beyond the limit."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gradio_webrtc.media.audio.receiving.jitter_buffer import (
    AudioJitterBuffer,
    Event,
    Gap,
    Lost,
    Packet,
)
from tests.unit.media.tones import few

DURATION = 960
MAX_WAIT = 0.06


def payload(number: int) -> bytes:
    return number.to_bytes(8, "big")


def numbers(events: list[Event]) -> list[int]:
    return [int.from_bytes(e.payload, "big") for e in events if isinstance(e, Packet)]


class Sender:
    """Packets of one stream, numbered from 0, whatever is on the wire."""

    def __init__(self, sequence: int = 0, timestamp: int = 0) -> None:
        self.sequence, self.timestamp = sequence, timestamp
        self.buffer = AudioJitterBuffer(lambda _: DURATION)

    def deliver(self, number: int, now: float, silence: int = 0) -> list[Event]:
        return self.buffer.add(
            (self.sequence + number) % 2**16,
            (self.timestamp + number * DURATION + silence) % 2**32,
            payload(number),
            now,
        )


def test_packets_in_order_come_out_at_once() -> None:
    sender = Sender()
    for number in range(5):
        assert numbers(sender.deliver(number, 0.02 * number)) == [number]
        assert sender.buffer.deadline is None


def test_a_swapped_pair_is_put_right() -> None:
    sender = Sender()
    sender.deliver(0, 0.0)
    assert sender.deliver(2, 0.02) == []
    assert sender.buffer.deadline == 0.02 + MAX_WAIT
    assert numbers(sender.deliver(1, 0.03)) == [1, 2]
    assert sender.buffer.lost == 0


def test_a_missing_packet_is_given_up_after_the_wait() -> None:
    sender = Sender()
    sender.deliver(0, 0.0)
    sender.deliver(2, 0.04)
    assert sender.buffer.poll(0.09) == []
    assert sender.buffer.poll(0.1) == [
        Lost(DURATION, DURATION, 1),
        Packet(2 * DURATION, payload(2)),
    ]
    assert sender.deliver(1, 0.11) == []
    assert (sender.buffer.late, sender.buffer.duplicates) == (1, 0)


def test_a_missing_packet_is_given_up_when_three_later_ones_are_there() -> None:
    sender = Sender()
    sender.deliver(0, 0.0)
    assert sender.deliver(3, 0.01) == sender.deliver(4, 0.01) == []
    events = sender.deliver(5, 0.011)
    assert events[0] == Lost(DURATION, 2 * DURATION, 2)
    assert numbers(events) == [3, 4, 5]


def test_a_silence_of_the_sender_is_a_gap_and_no_loss() -> None:
    sender = Sender()
    sender.deliver(0, 0.0)
    assert sender.deliver(1, 0.4, silence=9_600) == [
        Gap(DURATION, 9_600),
        Packet(DURATION + 9_600, payload(1)),
    ]
    assert sender.deliver(2, 60.0, silence=48_000 * 60)[0] == Gap(2 * DURATION + 9_600, 48_000)
    assert sender.buffer.lost == 0


def test_a_new_sequence_is_followed_at_once_and_time_only_grows() -> None:
    sender = Sender(sequence=500, timestamp=90_000_000)
    sender.deliver(0, 0.0)
    sender.deliver(2, 0.02)
    sender.sequence, sender.timestamp = 20_000, 17
    events = sender.deliver(3, 0.04)
    assert numbers(events) == [2, 3]
    last = events[-1]
    assert isinstance(last, Packet)
    assert last.timestamp == 90_000_000 + 3 * DURATION
    assert numbers(sender.deliver(4, 0.06)) == [4]
    assert sender.buffer.restarts == 1


@few
@given(
    sequence=st.sampled_from([0, 5, 2**16 - 10, 2**16 - 1]),
    timestamp=st.sampled_from([0, 2**32 - 5 * DURATION, 2**32 - 1]),
    fates=st.lists(
        st.tuples(st.sampled_from(["ok", "ok", "ok", "ok", "lost", "twice"]), st.floats(0.0, 0.15)),
        min_size=5,
        max_size=120,
    ),
)
def test_any_network(sequence: int, timestamp: int, fates: list[tuple[str, float]]) -> None:
    sender, wire = Sender(sequence, timestamp), [(0.0, 0)]
    for number, (fate, delay) in enumerate(fates, start=1):
        if fate != "lost":
            wire.append((0.02 * number + delay, number))
        if fate == "twice":
            wire.append((0.02 * number + delay + 0.01, number))
    events: list[Event] = []
    arrived: dict[int, float] = {}

    def take(new: list[Event], now: float) -> None:
        events.extend(new)
        for number in numbers(new):
            assert now - arrived[number] <= MAX_WAIT + 1e-9, "waited too long"

    for now, number in sorted(wire):
        while (deadline := sender.buffer.deadline) is not None and deadline < now:
            take(sender.buffer.poll(deadline), deadline)
        arrived.setdefault(number, now)
        take(sender.deliver(number, now), now)
    take(sender.buffer.poll(np.inf), 0.0)

    out = numbers(events)
    assert out == sorted(set(out)), "out of order or repeated"
    buffer = sender.buffer
    assert len(out) + buffer.late + buffer.duplicates == len(wire)
    assert out[-1] + 1 == len(out) + buffer.lost
    at = timestamp
    for event in events:
        assert event.timestamp == at, "time is not accounted for"
        at += DURATION if isinstance(event, Packet) else event.samples
    assert not any(isinstance(event, Gap) for event in events)
