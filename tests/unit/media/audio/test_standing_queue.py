"""When a queue only delays, and how much of it may go."""

from __future__ import annotations

import numpy as np

from gradio_webrtc.media.audio.standing_queue import StandingQueue

QUIET = np.full((1, 960), 10, np.int16)
LOUD = np.full((1, 960), 9_000, np.int16)


def watched(buffered: float, seconds: float = 2.0, frame: np.ndarray = LOUD) -> StandingQueue:
    """A queue of constant length, up to the end of its first window."""
    queue = StandingQueue(0.5, 0.02)
    for step in range(round(seconds / 0.02)):
        assert not queue.may_skip(frame, 0.02 * step, buffered)
    return queue


def test_no_more_is_skipped_than_stood() -> None:
    queue = watched(0.2)
    skips = [queue.may_skip(QUIET, 2.0, 0.2) for _ in range(30)]
    assert skips == [True] * 9 + [False] * 21, "down to one frame"


def test_a_queue_that_once_was_short_is_not_standing() -> None:
    queue = watched(0.2, seconds=1.0)
    queue.may_skip(LOUD, 1.0, 0.02)
    assert not queue.may_skip(QUIET, 2.0, 0.2)


def test_a_restart_begins_anew() -> None:
    queue = watched(0.2)
    queue.restart()
    assert not queue.may_skip(QUIET, 2.0, 0.2)


def test_loud_frames_go_only_while_more_than_half_the_capacity_stands() -> None:
    queue = watched(0.3)
    assert [queue.may_skip(LOUD, 2.0, 0.3) for _ in range(4)] == [True, True, True, False]
    assert not watched(0.2).may_skip(LOUD, 2.0, 0.2)


def test_a_frame_far_below_the_loudest_counts_as_quiet() -> None:
    murmur = np.full((1, 960), 880, np.int16)
    assert watched(0.1).may_skip(murmur, 2.0, 0.1)
    assert not watched(0.1, frame=murmur).may_skip(murmur, 2.0, 0.1)
