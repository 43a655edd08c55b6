"""When a queue only delays, and how much of it may go."""

from __future__ import annotations

import numpy as np
import pytest

from gradio_webrtc.media.audio.standing_queue import StandingQueue

QUIET = np.full((1, 960), 10, np.int16)
LOUD = np.full((1, 960), 9_000, np.int16)


def watched(buffered: float, seconds: float = 2.0, frame: np.ndarray = LOUD) -> StandingQueue:
    """A queue of constant length, up to the end of its first window."""
    queue = StandingQueue(0.5, 0.02)
    feed(queue, seconds, buffered, frame)
    return queue


def feed(
    queue: StandingQueue, seconds: float, buffered: float, frame: np.ndarray = LOUD, pace: float = 1
) -> None:
    """Play for so long from a queue of constant length that is fed at ``pace``."""
    for step in range(round(seconds / 0.02)):
        queue.pushed(0.02 * pace, buffered)
        assert not queue.may_skip(frame, 0.02 * step, buffered)


def test_no_more_is_skipped_than_stood() -> None:
    queue = watched(0.2)
    skips = [queue.may_skip(QUIET, 2.0, 0.2) for _ in range(30)]
    assert skips == [True] * 10 + [False] * 20, "all that stood, and one is under way"


def test_a_queue_that_once_was_short_is_not_standing() -> None:
    queue = watched(0.2, seconds=1.0)
    queue.may_skip(LOUD, 1.0, 0.01)
    assert not queue.may_skip(QUIET, 2.0, 0.2)


def test_a_restart_begins_anew() -> None:
    queue = watched(0.2)
    queue.restart()
    assert not queue.may_skip(QUIET, 2.0, 0.2)


def test_of_loud_frames_one_in_ten_goes_while_a_quarter_of_a_second_stands() -> None:
    queue = watched(0.4)
    skips = [queue.may_skip(LOUD, 2.0, 0.4) for _ in range(200)]
    assert [at for at, skipped in enumerate(skips) if skipped] == [*range(9, 80, 10)]
    assert not any(watched(0.2).may_skip(LOUD, 2.0, 0.2) for _ in range(50))


@pytest.mark.parametrize("pace", [0.0, 0.7, 1.3])
def test_a_queue_that_runs_out_or_still_grows_is_not_standing(pace: float) -> None:
    queue = StandingQueue(0.5, 0.02)
    feed(queue, 2.0, 0.3, pace=pace)
    assert not queue.may_skip(QUIET, 2.0, 0.3)


def test_so_much_more_is_let_in_as_came_at_once_until_the_queue_is_short() -> None:
    queue = StandingQueue(0.5, 0.02)
    queue.allow(0.8)
    queue.allow(0.3)
    assert queue.capacity == 1.3
    feed(queue, 2.0, 0.9)
    assert queue.may_skip(QUIET, 2.0, 0.9)
    assert queue.capacity == 1.3
    for capacity in (1.3, 0.5):
        queue.restart()
        feed(queue, 2.0, 0.01)
        assert not queue.may_skip(QUIET, 2.0, 0.01)
        assert queue.capacity == capacity
    queue.allow(60.0)
    assert queue.capacity == 10.5


def test_what_fills_whatever_is_let_in_is_held_back_as_ever() -> None:
    queue = StandingQueue(0.5, 0.02)
    queue.allow(1.0)
    queue.pushed(1.6, 1.6)
    assert queue.capacity == 0.5
    feed(queue, 2.0, 1.5)
    assert not queue.may_skip(QUIET, 2.0, 1.5)


def test_a_frame_far_below_the_loudest_counts_as_quiet() -> None:
    murmur = np.full((1, 960), 880, np.int16)
    assert watched(0.1).may_skip(murmur, 2.0, 0.1)
    assert not watched(0.1, frame=murmur).may_skip(murmur, 2.0, 0.1)


def test_a_queue_that_was_short_just_before_the_burst_reached_it_is_shortened() -> None:
    queue = StandingQueue(0.5, 0.02)
    queue.allow(0.8)
    assert not queue.may_skip(LOUD, 0.0, 0.0)  # a frame goes out before anything has come
    feed(queue, 2.0, 0.9)
    assert not queue.may_skip(QUIET, 2.0, 0.9)
    assert queue.capacity == 1.3
    for step in range(1, 100):
        queue.pushed(0.02, 0.9)
        assert not queue.may_skip(LOUD, 2.0 + 0.02 * step, 0.9)
    assert queue.may_skip(QUIET, 4.01, 0.9)
