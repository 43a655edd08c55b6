"""An ending process completes its recordings, and does not wait for a disk for ever."""

from __future__ import annotations

import threading
import time

from gradio_webrtc.recording.unfinished import finish_at_exit, finish_recordings
from gradio_webrtc.recording.write_queue import WriteQueue


def writing(queue: WriteQueue, finished: list[str], until: threading.Event) -> threading.Thread:
    """Start a thread that takes from ``queue`` to its end, and is done after ``until``."""

    def write() -> None:
        while queue.take() is not None:
            pass
        until.wait(10)
        finished.append("finished")

    thread = threading.Thread(target=write)
    finish_at_exit(queue, thread)
    thread.start()
    return thread


def test_all_that_run_are_closed_and_waited_for() -> None:
    finished: list[str] = []
    at_once = threading.Event()
    at_once.set()
    threads = [writing(WriteQueue(), finished, at_once) for _ in range(3)]
    assert all(thread.is_alive() for thread in threads)
    finish_recordings(10.0)
    assert finished == ["finished"] * 3
    assert not any(thread.is_alive() for thread in threads)


def test_one_that_hangs_costs_the_time_of_all_together() -> None:
    finished: list[str] = []
    stuck, at_once = threading.Event(), threading.Event()
    at_once.set()
    threads = [writing(WriteQueue(), finished, event) for event in (*[stuck] * 10, at_once)]
    began = time.monotonic()
    finish_recordings(0.1)
    took = time.monotonic() - began
    assert 0.1 <= took < 0.7  # once, not for each
    threads[-1].join(10)
    assert finished == ["finished"]
    stuck.set()
    for thread in threads:
        thread.join(10)
    assert len(finished) == 11


def test_what_is_finished_or_gone_is_not_waited_for() -> None:
    finished: list[str] = []
    at_once = threading.Event()
    at_once.set()
    queue = WriteQueue()
    thread = writing(queue, finished, at_once)
    queue.close()
    thread.join(10)
    began = time.monotonic()
    finish_recordings(10.0)
    assert time.monotonic() - began < 1
