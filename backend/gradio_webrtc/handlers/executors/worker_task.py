"""What runs on a worker of an executor: one call of the author's function.

A function's value is the result of the task. A generator cannot be sent, and a pool does not say
which worker runs what; so all steps of one are one task, which sends its values over a socket to
the server, as many ahead as that allows. The close of the generator comes the same way.

Only imports what a worker needs: neither Gradio nor aiortc.
"""

from __future__ import annotations

import contextlib
import json
import pickle
import socket
import struct
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from contextvars import copy_context
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple
from uuid import uuid4

from gradio_webrtc.handlers.executors.executor_errors import ExecutorError, not_picklable
from gradio_webrtc.handlers.executors.surroundings import News, Restore

CONNECT_S = 10.0
"""How long a worker tries to reach the server."""

HEADER = struct.Struct("!Q")
"""Before each frame: its length in bytes."""

_END = object()


class Address(NamedTuple):
    """Where a generator's values go, and the secret that says whose they are."""

    host: str
    port: int
    token: bytes


def keep_alive(connection: socket.socket) -> None:
    """Have the system ask who is at the other end, and fail when no machine answers for 30 s."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("TCP_KEEPIDLE", 15), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, name):
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


class Frame(NamedTuple):
    """What a worker says.

    Attributes:
        kind: ``"value"``, ``"message"`` (of a surrounding: its place, name and values),
            ``"error"`` (the exception, and its traceback as text) or ``"end"``.
        body: what belongs to it.
    """

    kind: str
    body: Any = None


@dataclass(frozen=True)
class Task:
    """One call of an author's function.

    Attributes:
        name: of the function, for messages.
        fn: the function.
        args: what it is called with.
        surroundings: what is restored before, with its state.
        address: where values go if it is a generator function.
        id: makes each call another one: Dask runs those that are equal once.
    """

    name: str
    fn: Callable[..., Any]
    args: Sequence[Any]
    surroundings: Sequence[tuple[Restore, Any]]
    address: Address | None = None
    id: str = field(default_factory=lambda: uuid4().hex)


def run_pickled(task: bytes) -> bytes:
    """Run a ``Task`` that comes pickled; return its frames pickled, the last one says how it went.

    Never raises what the author's code raises: that is in a frame.
    """
    try:
        loaded: Task = pickle.loads(task)
    except BaseException as error:  # noqa: BLE001 - whatever an import of the author's raises
        failure = ExecutorError(
            f"A worker cannot load what it is to run ({type(error).__name__}: {error}). The module "
            "of the function has to be there too, and must not start the app when it is imported."
        )
        return _pickled([_failure(failure, error)], "")
    return _pickled(run_here(loaded), loaded.name)


def run_here(task: Task) -> list[Frame]:
    """Run a ``Task`` in this process, see ``run_pickled``."""
    return copy_context().run(_run, task)


def _run(task: Task) -> list[Frame]:
    try:
        if task.address is not None:
            with closing(_Channel(task.address)) as channel:
                _stream(task, channel)
            return [Frame("end")]
        frames: list[Frame] = []
        _restore(task, frames.append)
        try:
            value = task.fn(*task.args)
            if isinstance(value, Iterator):
                raise ExecutorError(
                    f"{task.name} returned {type(value).__name__}, which an executor takes of "
                    "generator functions only: write `yield` in the function itself."
                )
        except BaseException as error:  # noqa: BLE001 - the edge of the author's code
            return [*frames, _failure(error, error)]
        return [*frames, Frame("value", value)]
    except OSError as error:
        return [_failure(ExecutorError(f"{task.name}: no way to the server ({error})."), error)]


def _restore(task: Task, send: Callable[[Frame], None]) -> list[News]:
    def post(place: int, name: str, *values: Any) -> None:
        send(Frame("message", (place, name, values)))

    return [
        restore(state, partial(post, place))
        for place, (restore, state) in enumerate(task.surroundings)
    ]


def _stream(task: Task, channel: _Channel) -> None:
    """Step a generator as far as the server lets it, and close it here."""
    send = partial(_send, channel, task.name)
    channel.news = _restore(task, send)
    try:
        iterator: Iterator[Any] = iter(task.fn(*task.args))
        try:
            while channel.may_go_on():
                value = next(iterator, _END)
                if value is _END:
                    break
                send(Frame("value", value))
        finally:
            close = getattr(iterator, "close", None)
            if close is not None:
                close()
        last = Frame("end")
    except BaseException as error:  # noqa: BLE001 - the edge of the author's code
        last = _failure(error, error)
    send(last)


def _send(channel: _Channel, name: str, frame: Frame) -> None:
    try:
        data = pickle.dumps(frame, pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        raise not_picklable(name, "what it yielded", error) from error
    channel.send(data)


def _pickled(frames: list[Frame], name: str) -> bytes:
    try:
        return pickle.dumps(frames, pickle.HIGHEST_PROTOCOL)
    except Exception as error:  # noqa: BLE001 - what the author's objects raise
        failure = not_picklable(name, "what it returned", error)
        return pickle.dumps([_failure(failure, error)], pickle.HIGHEST_PROTOCOL)


def _failure(error: BaseException, raised: BaseException) -> Frame:
    """Return the frame of an error, as itself if it can be sent."""
    text = "".join(traceback.format_exception(raised))
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # noqa: BLE001 - an exception of the author's that takes more than a text
        error = ExecutorError(f"{type(error).__name__}: {error}")
    return Frame("error", (error, text))


class _Channel:
    """The worker's end: frames go out, steps and the close come in as lines of JSON.

    Raises:
        OSError: the server cannot be reached.
    """

    def __init__(self, address: Address) -> None:
        self._socket = socket.create_connection(address[:2], timeout=CONNECT_S)
        self._socket.settimeout(None)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        keep_alive(self._socket)
        self._socket.sendall(address.token)
        self._received = b""
        self._steps = 0
        self._closed = False
        self.news: Sequence[News] = ()

    def send(self, data: bytes) -> None:
        """Send one frame; a server that is gone has let go of this call."""
        try:
            self._socket.sendall(HEADER.pack(len(data)) + data)
        except OSError:
            self._closed = True

    def may_go_on(self) -> bool:
        """Wait until another step may be taken; False: nobody wants one."""
        while not self._closed:
            if not self._receive(wait=self._steps == 0) and self._steps:
                self._steps -= 1
                return True
        return False

    def close(self) -> None:
        """Give back the socket, once the server has read all.

        What it has sent meanwhile is read: else the system would throw away what is on the way.
        """
        with self._socket, contextlib.suppress(OSError):
            self._socket.settimeout(CONNECT_S)
            self._socket.shutdown(socket.SHUT_WR)
            while self._socket.recv(65536):
                pass

    def _receive(self, *, wait: bool) -> bool:
        """Read what the server has sent; False: nothing is there, and nobody was to wait."""
        self._socket.setblocking(wait)
        try:
            data = self._socket.recv(65536)
        except BlockingIOError:
            return False
        except OSError:
            data = b""
        finally:
            self._socket.setblocking(True)
        self._closed = self._closed or not data
        *lines, self._received = (self._received + data).split(b"\n")
        for line in lines:
            said = json.loads(line)
            for take, news in zip(self.news, said["news"], strict=False):
                take(news)
            self._steps += said.get("steps", 0)
            self._closed = self._closed or "close" in said
        return True
