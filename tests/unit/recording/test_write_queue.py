"""What waits for the writing thread is bounded, counted, and taken all at once."""

from __future__ import annotations

import threading

import numpy as np

from gradio_webrtc.media.audio.pcm import Pcm
from gradio_webrtc.recording.write_queue import MAX_PICTURES, MAX_SOUNDS, Batch, WriteQueue

PCM = Pcm(48_000, np.zeros((1, 960), np.int16))


def test_everything_that_waits_is_taken_in_order_with_the_newest_time() -> None:
    queue = WriteQueue()
    queue.put_sound("input", PCM, 1.0, 1.5)
    queue.put_picture("output", "first", 1.1, 1.7)
    queue.put_picture("input", "second", 1.2, 1.6)  # of another side: not in order of time
    batch = queue.take()
    assert batch is not None
    assert batch.pictures == [("output", "first", 1.1), ("input", "second", 1.2)]
    assert [(side, start) for side, _, start in batch.sounds] == [("input", 1.0)]
    assert batch.sounds[0][1] is PCM
    assert batch.now == 1.7
    queue.put_picture("input", "third", 1.0, 1.0)
    assert queue.take() == Batch([], [("input", "third", 1.0)], 1.7)


def test_the_oldest_are_dropped_and_counted_by_kind() -> None:
    queue = WriteQueue()
    for number in range(MAX_PICTURES + 2):
        queue.put_picture("input", number, number, number)
    for number in range(MAX_SOUNDS + 3):
        queue.put_sound("input", PCM, number, number)
    assert (queue.dropped_pictures, queue.dropped_sounds, queue.dropped) == (2, 3, 5)
    batch = queue.take()
    assert batch is not None
    assert [number for _, number, _ in batch.pictures] == list(range(2, MAX_PICTURES + 2))
    assert [start for _, _, start in batch.sounds] == list(range(3, MAX_SOUNDS + 3))


def test_there_is_room_for_half_a_second_of_pictures_and_ten_of_audio() -> None:
    queue = WriteQueue()
    for number in range(MAX_PICTURES):
        queue.put_picture("input", number, 0.0, 0.0)
    for _ in range(MAX_SOUNDS):
        queue.put_sound("input", PCM, 0.0, 0.0)
    assert queue.dropped == 0
    assert MAX_SOUNDS * PCM.duration / 2 == 10
    assert MAX_PICTURES == 0.5 * 30


def test_what_waits_when_it_is_closed_is_still_there() -> None:
    queue = WriteQueue()
    queue.put_sound("input", PCM, 0.0, 0.0)
    queue.close()
    queue.close()
    queue.put_sound("input", PCM, 1.0, 1.0)
    queue.put_picture("input", "late", 1.0, 1.0)
    batch = queue.take()
    assert batch is not None
    assert (len(batch.sounds), len(batch.pictures), batch.now) == (1, 0, 0.0)
    assert queue.take() is None
    assert queue.dropped == 0


def test_what_is_discarded_is_gone() -> None:
    queue = WriteQueue()
    queue.put_sound("input", PCM, 0.0, 0.0)
    queue.put_picture("input", "gone", 0.0, 0.0)
    queue.close(discard=True)
    assert queue.take() is None


def test_the_thread_waits_for_something_or_the_end() -> None:
    queue, taken = WriteQueue(), list[Batch | None]()
    came = threading.Semaphore(0)

    def write() -> None:
        while True:
            taken.append(queue.take())
            came.release()
            if taken[-1] is None:
                return

    thread = threading.Thread(target=write)
    thread.start()
    assert not came.acquire(timeout=0.02)
    queue.put_picture("input", "picture", 1.0, 1.0)
    assert came.acquire(timeout=10)
    queue.close()
    thread.join(10)
    assert taken == [Batch([], [("input", "picture", 1.0)], 1.0), None]
