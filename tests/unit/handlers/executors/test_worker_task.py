"""What a worker does with a task, without an executor."""

from __future__ import annotations

import pickle
import socket
import subprocess
import sys
import threading
from typing import Any

import pytest

from gradio_webrtc.errors import WebRTCError
from gradio_webrtc.handlers.executors.worker_task import (
    Address,
    Frame,
    Task,
    run_here,
    run_pickled,
)
from tests.support import executor_work as work


def run(task: Task) -> list[Frame]:
    frames: list[Frame] = pickle.loads(run_pickled(pickle.dumps(task)))
    return frames


def test_it_loads_neither_gradio_nor_media() -> None:
    loaded = (
        "import sys, gradio_webrtc.handlers.executors.worker_task as task;"
        "sys.exit(any(name in sys.modules for name in ('gradio', 'aiortc', 'av', 'numpy')))"
    )
    assert subprocess.run([sys.executable, "-c", loaded], check=False).returncode == 0


def test_a_value_or_an_error_is_what_it_says_last() -> None:
    (value,) = run(Task("where", work.where, (1, 2), ()))
    assert value.kind == "value"
    assert value.body[1] == (1, 2)
    (error,) = run(Task("refuses", work.refuses, ("no",), ()))
    assert error.kind == "error"
    assert isinstance(error.body[0], WebRTCError)
    assert "in refuses" in error.body[1]
    # Threads of the same process get the very thing.
    lock = threading.Lock()
    (same,) = run_here(Task("lambda", lambda: lock, (), ()))
    assert same.body is lock


def test_messages_come_before_the_value() -> None:
    from gradio_webrtc.session.context import restore_context

    frames = run(Task("says", work.says_where_it_is, (), [(restore_context, "abc")]))
    assert [frame.kind for frame in frames] == ["message", "message", "value"]
    assert frames[0].body == (0, "send", ("sent from a worker",))
    assert frames[-1].body == "abc"


def test_a_task_that_cannot_be_loaded_is_told() -> None:
    (frame,) = pickle.loads(run_pickled(b"cno_such_module\nfn\n."))
    assert frame.kind == "error"
    assert "cannot load what it is to run" in str(frame.body[0])
    assert "no_such_module" in str(frame.body[0])


def test_a_server_that_cannot_be_reached_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = Address("127.0.0.1", taken.getsockname()[1], b"secret")
        (frame,) = run(Task("counts", work.counts, ("nowhere",), (), address))
    assert "no way to the server" in str(frame.body[0])


@pytest.mark.parametrize("value", [[1, 2], None, "text"])
def test_what_is_no_iterator_is_a_value(value: Any) -> None:
    (frame,) = run_here(Task("lambda", lambda: value, (), ()))
    assert frame == Frame("value", value)
