"""A decoder that is too slow goes on with the newest key frame."""

from __future__ import annotations

from gradio_webrtc.media.video.encoded_video import EncodedFrame
from gradio_webrtc.media.video.frame_queue import CROWDED, FrameQueue


def frame(number: int, *, key: bool = False, size: int = 10) -> EncodedFrame:
    return EncodedFrame(bytes(size), number, key, 0.0)


def rest(queue: FrameQueue) -> list[int]:
    return [each.timestamp for each in iter(queue.take, None)]


def test_in_order() -> None:
    queue = FrameQueue(5)
    assert all(queue.put(frame(number)) for number in range(5))
    assert rest(queue) == [0, 1, 2, 3, 4]
    assert queue.dropped == 0


def test_an_overflow_asks_for_a_key_frame() -> None:
    queue = FrameQueue(5)
    queue.put(frame(0, key=True))
    assert [queue.put(frame(number)) for number in range(1, 6)] == [True] * 4 + [False]
    assert len(queue) == 0
    assert queue.dropped == 6


def test_an_overflow_goes_on_with_a_key_frame_that_waits() -> None:
    queue = FrameQueue(5)
    for number in range(6):
        assert queue.put(frame(number, key=number == 2))
    assert rest(queue) == [2, 3, 4, 5]
    assert queue.dropped == 2


def test_a_key_frame_takes_the_place_of_a_crowd() -> None:
    queue = FrameQueue(5)
    for number in range(CROWDED + 1):
        queue.put(frame(number, key=number == CROWDED))
    assert rest(queue) == [CROWDED]


def test_bytes_are_bounded_too() -> None:
    queue = FrameQueue(30, max_bytes=100)
    assert queue.put(frame(0, key=True, size=60))
    assert not queue.put(frame(1, size=60))
    assert not queue.put(frame(2, key=True, size=101))
    assert queue.put(frame(3, key=True, size=100))
    assert rest(queue) == [3]
