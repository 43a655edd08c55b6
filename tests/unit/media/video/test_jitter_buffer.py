"""Frames come out whole, in order and at once, and a loss holds nobody up for long."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradio_webrtc.media.video.encoded_video import EncodedFrame
from gradio_webrtc.media.video.jitter_buffer import (
    KEY_FRAME_INTERVAL,
    MAX_PACKETS,
    MAX_WAIT,
    Progress,
    VideoJitterBuffer,
    VideoPacket,
)
from gradio_webrtc.media.video.missing_packets import ASK_INTERVAL, MAX_MISSING

PERIOD = 1 / 30
KEY_DATA = b"\x10\x02\x00\x9d\x01\x2a\x40\x01\xf0\x00"
DELTA_DATA = b"\x11"


class Sender:
    """Makes the packets of frames, three each, and delivers what a test lets through."""

    def __init__(self, sequence: int = 0, timestamp: int = 0) -> None:
        self.buffer = VideoJitterBuffer("VP8")
        self.sequence, self.timestamp = sequence, timestamp
        self.frames: list[EncodedFrame] = []
        self.missing: list[int] = []
        self.key_frames_wanted: list[float] = []

    def packets(self, *, key: bool = False, count: int = 3) -> list[VideoPacket]:
        """Return the next frame's packets."""
        result = []
        for number in range(count):
            data = (KEY_DATA if key else DELTA_DATA) if number == 0 else bytes([number])
            sequence = (self.sequence + number) % 2**16
            timestamp, last = self.timestamp % 2**32, number == count - 1
            result.append(VideoPacket(sequence, timestamp, last, data, key and number == 0))
        self.sequence += count
        self.timestamp += 3000
        return result

    def deliver(self, packets: list[VideoPacket], now: float) -> None:
        for packet in packets:
            self.note(self.buffer.add(packet, now), now)

    def note(self, progress: Progress, now: float) -> None:
        self.frames += progress.frames
        self.missing += progress.missing
        if progress.key_frame_wanted:
            self.key_frames_wanted.append(now)

    def send(self, now: float, *, key: bool = False) -> None:
        self.deliver(self.packets(key=key), now)


def test_a_frame_is_released_with_its_last_packet() -> None:
    sender = Sender()
    for number in range(3):
        packets = sender.packets(key=number == 0)
        sender.deliver(packets[:-1], number * PERIOD)
        assert len(sender.frames) == number
        sender.deliver(packets[-1:], number * PERIOD + 0.01)
        assert len(sender.frames) == number + 1
        assert sender.frames[-1].arrival == number * PERIOD + 0.01
    assert sender.frames[0] == EncodedFrame(KEY_DATA + b"\1\2", 0, True, 0.01)
    assert [frame.timestamp for frame in sender.frames] == [0, 3000, 6000]
    assert not sender.missing
    assert not sender.key_frames_wanted


def test_without_a_marker_the_next_frame_ends_it() -> None:
    sender = Sender()
    for number in range(3):
        packets = sender.packets(key=number == 0)
        last = packets[-1]
        unmarked = VideoPacket(last.sequence_number, last.timestamp, False, last.data, False)
        sender.deliver([*packets[:-1], unmarked], 0.0)
    assert len(sender.frames) == 2


@given(st.integers(0, 2**16 - 1), st.integers(0, 2**32 - 1), st.integers(0, 2**32))
def test_disorder_and_wraps(sequence: int, timestamp: int, seed: int) -> None:
    sender, dice = Sender(sequence, timestamp), random.Random(seed)
    sender.send(0.0, key=True)
    packets = [packet for _ in range(20) for packet in sender.packets()]
    order = sorted(range(len(packets)), key=lambda number: number + dice.uniform(0, 6))
    for number in order:
        sender.deliver([packets[number]], 0.01 + number * 0.001)
        sender.deliver([packets[dice.choice(order[: order.index(number) + 1])]], 0.01)  # again
    assert [frame.timestamp for frame in sender.frames] == [3000 * n for n in range(21)]
    assert not sender.key_frames_wanted


def test_a_lost_packet_is_asked_for_and_then_given_up() -> None:
    sender = Sender()
    sender.send(0.0, key=True)
    lost = sender.packets()[1]
    now = PERIOD
    sender.send(now)
    asked_at = []
    while sender.buffer.deadline is not None:
        now = max(now, sender.buffer.deadline)
        assert now <= PERIOD + MAX_WAIT + 1e-9
        asked = len(sender.missing)
        sender.note(sender.buffer.poll(now), now)
        asked_at += [now] * (len(sender.missing) > asked)
    assert lost.sequence_number in sender.missing
    assert asked_at[0] == pytest.approx(PERIOD + ASK_INTERVAL)
    assert sender.key_frames_wanted == [pytest.approx(PERIOD + MAX_WAIT)]
    assert len(sender.frames) == 1
    sender.send(now + 0.1)
    assert len(sender.frames) == 1  # it refers to what was lost
    sender.send(now + 0.2, key=True)
    sender.send(now + 0.3)
    assert [frame.key for frame in sender.frames[1:]] == [True, False]


def test_a_packet_that_is_sent_again_completes_its_frame() -> None:
    sender = Sender()
    sender.send(0.0, key=True)
    first, lost, last = sender.packets()
    sender.deliver([first, last], PERIOD)
    sender.send(2 * PERIOD)
    assert sender.missing == [lost.sequence_number]
    sender.deliver([lost], 0.3)
    assert [frame.timestamp for frame in sender.frames] == [0, 3000, 6000]
    assert sender.buffer.deadline is None


def test_a_key_frame_does_not_wait_for_what_was_lost_before_it() -> None:
    sender = Sender()
    sender.send(0.0, key=True)
    sender.packets()
    sender.send(PERIOD)
    sender.send(2 * PERIOD, key=True)
    assert [frame.key for frame in sender.frames] == [True, True]
    assert sender.buffer.deadline is None


@pytest.mark.parametrize("seconds", [3, 8, 15, 600])
@pytest.mark.parametrize("packets_per_frame", [1, 3, 30])
def test_after_an_outage_a_key_frame_is_asked_for_at_once(
    seconds: int, packets_per_frame: int
) -> None:
    sender = Sender()
    sender.send(0.0, key=True)
    sender.sequence += seconds * 30 * packets_per_frame
    sender.timestamp += seconds * 90_000
    back = float(seconds)
    sender.send(back)
    assert sender.key_frames_wanted == [back]
    assert not sender.missing
    sender.send(back + 0.1)
    assert len(sender.frames) == 1
    sender.send(back + 0.2, key=True)
    sender.send(back + 0.2 + PERIOD)
    assert len(sender.frames) == 3


def test_a_key_frame_is_asked_for_until_it_comes() -> None:
    sender = Sender()
    for number in range(60):
        sender.send(number * PERIOD)
    wanted = sender.key_frames_wanted
    assert wanted[0] == 0.0
    assert len(wanted) == pytest.approx(2 / KEY_FRAME_INTERVAL, abs=1)
    sender.send(2.0, key=True)
    for number in range(30):
        sender.send(2.0 + number * PERIOD)
    assert sender.key_frames_wanted == wanted


def test_no_key_frame_is_asked_for_while_one_is_arriving() -> None:
    sender = Sender()
    for number, packet in enumerate(sender.packets(key=True, count=40)):
        sender.deliver([packet], number * 0.005)
    assert [frame.key for frame in sender.frames] == [True]
    assert not sender.key_frames_wanted


def test_what_a_decoder_could_not_use_is_followed_by_a_key_frame() -> None:
    sender = Sender()
    sender.send(0.0, key=True)
    sender.buffer.demand_key_frame()
    sender.note(sender.buffer.poll(0.01), 0.01)
    sender.send(PERIOD)
    assert sender.key_frames_wanted == [0.01]
    assert len(sender.frames) == 1


def test_padding_is_no_frame() -> None:
    sender = Sender()
    for number in range(3):
        sender.send(number * PERIOD, key=number == 0)
        padding = VideoPacket(sender.sequence % 2**16, sender.timestamp - 3000, False, b"", False)
        sender.sequence += 1
        sender.deliver([padding], number * PERIOD)
    assert [frame.timestamp for frame in sender.frames] == [0, 3000, 6000]


def test_parameter_sets_in_packets_of_their_own_begin_the_frame() -> None:
    buffer = VideoJitterBuffer("H264")
    delta = VideoPacket(9, 0, True, b"\0\0\0\1\x61", False)
    units = [b"\0\0\0\1\x67", b"\0\0\0\1\x68", b"\0\0\0\1\x65"]
    packets = [VideoPacket(10 + n, 3000, n == 2, unit, n != 1) for n, unit in enumerate(units)]
    assert buffer.add(delta, 0.0).key_frame_wanted
    frames = [frame for packet in packets for frame in buffer.add(packet, 0.1).frames]
    assert [frame.data for frame in frames] == [b"".join(units)]


def test_a_stranger_cannot_make_it_long_or_slow() -> None:
    buffer, dice = VideoJitterBuffer("VP8"), random.Random(1)
    started = time.process_time()
    for number in range(20_000):
        packet = VideoPacket(
            dice.randrange(2**16), dice.randrange(2**32), dice.random() < 0.1, b"\x10", True
        )
        progress = buffer.add(packet, number * 1e-4)
        assert len(progress.missing) <= MAX_MISSING
    for number in range(40_000):
        buffer.add(VideoPacket(number % 2**16, 7, False, b"\x11", number % 2 == 0), 10.0)
        assert len(buffer._packets) <= MAX_PACKETS + 1
    assert time.process_time() - started < 10


def test_a_new_sequence_is_followed() -> None:
    sender = Sender()
    sender.send(0.0, key=True)
    sender.sequence, sender.timestamp = 40_000, 77
    sender.send(1.0)
    assert sender.key_frames_wanted == [1.0]
    sender.send(1.1, key=True)
    assert len(sender.frames) == 2
    assert sender.frames[1].timestamp > sender.frames[0].timestamp
