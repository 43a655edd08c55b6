"""The next piece is made while the one before it is played, and no more."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from gradio_webrtc.speech.synthesis.prefetch import prefetched


class Slow:
    """Makes numbers; each is counted once it is made."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.made = threading.Semaphore(0)
        self.threads: set[str] = set()

    def pieces(self) -> Iterator[int]:
        for number in range(self.count):
            self.threads.add(threading.current_thread().name)
            self.made.release()
            yield number


def test_all_come_in_order_from_another_thread() -> None:
    slow = Slow(20)
    assert list(prefetched(slow.pieces())) == list(range(20))
    assert threading.current_thread().name not in slow.threads


def test_nothing_is_made_before_it_is_asked_for_and_then_one_more_than_that() -> None:
    slow = Slow(20)
    stream = prefetched(slow.pieces())
    assert not slow.made.acquire(timeout=0.02)
    next(stream)
    assert slow.made.acquire(timeout=10)
    assert slow.made.acquire(timeout=10), "the next one, without being asked for"
    assert not slow.made.acquire(timeout=0.02), "and none after it"
    stream.close()
    assert not slow.made.acquire(timeout=0.02), "and none after the end"


def test_closing_does_not_wait_for_what_is_being_made() -> None:
    gate = threading.Event()

    def stuck() -> Iterator[int]:
        yield 1
        gate.wait(20)
        yield 2

    stream = prefetched(stuck())
    assert next(stream) == 1
    stream.close()  # else this test would take 20 seconds
    gate.set()


def test_what_making_one_raises_comes_in_its_place() -> None:
    def failing() -> Iterator[int]:
        yield 1
        raise LookupError("no such voice")

    stream = prefetched(failing())
    assert next(stream) == 1
    with pytest.raises(LookupError, match="no such voice"):
        next(stream)


def test_nothing_is_nothing() -> None:
    assert list(prefetched(iter(()))) == []
