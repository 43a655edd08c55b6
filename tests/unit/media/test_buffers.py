"""Buffers stay bounded and count what they drop."""

from __future__ import annotations

import threading

import pytest
from gradio_webrtc.media.buffers import BoundedQueue, BufferClosedError, LatestSlot
from gradio_webrtc.media.clock import VideoClock
from hypothesis import given
from hypothesis import strategies as st

from .signals import few


def test_the_slot_keeps_the_newest() -> None:
    slot: LatestSlot[int] = LatestSlot()
    assert [slot.put(n) for n in range(3)] == [False, True, True]
    assert slot.take() == 2
    assert slot.take() is None
    assert slot.dropped == 2


def test_the_queue_drops_the_oldest() -> None:
    queue: BoundedQueue[int] = BoundedQueue(3)
    assert [queue.put(n) for n in range(5)] == [False, False, False, True, True]
    assert len(queue) == 3
    assert [queue.take() for _ in range(4)] == [2, 3, 4, None]
    assert queue.dropped == 2


def test_closing_refuses_values_and_gives_out_what_is_inside() -> None:
    queue: BoundedQueue[int] = BoundedQueue(2)
    queue.put(1)
    queue.close()
    queue.close()
    with pytest.raises(BufferClosedError):
        queue.put(2)
    assert queue.closed
    assert not queue.finished
    assert queue.take() == 1
    assert queue.finished


def test_clear_counts() -> None:
    queue: BoundedQueue[int] = BoundedQueue(2)
    queue.put(1)
    assert (queue.clear(), queue.clear(), queue.dropped) == (1, 0, 1)


def test_no_room_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        BoundedQueue(0)


def test_no_value_is_lost_uncounted_between_threads() -> None:
    queue: BoundedQueue[int] = BoundedQueue(7)
    taken: list[int] = []
    done = threading.Event()

    def reader() -> None:
        while not (done.is_set() and queue.finished):
            value = queue.take()
            if value is not None:
                taken.append(value)

    def writer() -> None:
        for number in range(2_000):
            queue.put(number)

    readers = [threading.Thread(target=reader) for _ in range(2)]
    writers = [threading.Thread(target=writer) for _ in range(2)]
    for thread in readers + writers:
        thread.start()
    for thread in writers:
        thread.join()
    queue.close()
    done.set()
    for thread in readers:
        thread.join()
    assert len(taken) + queue.dropped == 4_000


@few
@given(st.lists(st.floats(-0.01, 0.1), min_size=1))
def test_video_timestamps_follow_time_and_never_repeat(steps: list[float]) -> None:
    clock, now, last = VideoClock(), 1_000.0, -1
    for step in steps:
        pts = clock.pts(now)
        assert pts > last
        last, now = pts, now + step
    assert VideoClock().pts(5.0) == 0
    later = VideoClock()
    later.pts(5.0)
    assert later.pts(6.5) == 135_000
