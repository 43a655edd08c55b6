"""A thread that waits for a pipe or a connection can be freed by another."""

from __future__ import annotations

import io
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pytest

from gradio_webrtc.media.decoding.interruptible_read import InterruptibleRead


@contextmanager
def pipe() -> Iterator[tuple[BinaryIO, BinaryIO]]:
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as reader, os.fdopen(writing, "wb", buffering=0) as writer:
        yield reader, writer


@contextmanager
def waiting(read: InterruptibleRead) -> Iterator[list[bool]]:
    """Wait on a thread, which must have ended in the end."""
    answers: list[bool] = []
    thread = threading.Thread(target=lambda: answers.append(read.wait()))
    thread.start()
    thread.join(0.02)
    assert thread.is_alive(), "it did not wait"
    yield answers
    thread.join(10)
    assert not thread.is_alive()


def test_what_never_waits_needs_no_help(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"0123")
    with path.open("rb") as file:
        assert InterruptibleRead.of(file) is None
    assert InterruptibleRead.of(file) is None  # closed
    assert InterruptibleRead.of(io.BytesIO()) is None
    assert InterruptibleRead.of(object()) is None


def test_a_pipe_is_waited_for_until_something_comes() -> None:
    with pipe() as (reader, writer):
        read = InterruptibleRead.of(reader)
        assert read is not None
        with waiting(read) as answers:
            writer.write(b"x")
        assert answers == [True]
        assert read.wait()  # it is there to be read
        read.close()


def test_the_end_of_a_pipe_ends_the_wait() -> None:
    with pipe() as (reader, writer):
        read = InterruptibleRead.of(reader)
        assert read is not None
        with waiting(read) as answers:
            writer.close()
        assert answers == [True]  # reading tells that it is the end
        read.close()


def test_this_wait_and_every_later_one_is_ended() -> None:
    with pipe() as (reader, writer):
        read = InterruptibleRead.of(reader)
        assert read is not None
        with waiting(read) as answers:
            read.interrupt()
        assert answers == [False]
        writer.write(b"x")
        assert not read.wait()
        read.close()
        read.close()
        read.interrupt()  # too late, and no harm


def test_a_pipe_that_was_closed_is_not_waited_for() -> None:
    with pipe() as (reader, _):
        read = InterruptibleRead.of(reader)
        assert read is not None
        reader.close()
        assert read.wait()
        read.close()


@pytest.mark.parametrize("buffering", [0, -1])
def test_a_connection_is_shut_down(buffering: int) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, ours.makefile("rb", buffering=buffering) as file:
        read = InterruptibleRead.of(file)
        assert read is not None
        assert read.wait()  # it may have been read ahead: only reading can tell
        came: list[bytes] = []
        thread = threading.Thread(target=lambda: came.append(file.read(1) or b""))
        thread.start()
        thread.join(0.02)
        assert thread.is_alive()
        read.interrupt()
        thread.join(10)
        assert came == [b""]
        assert not read.wait()
        assert theirs.recv(1) == b""
        read.close()
