"""A generator that runs on a worker, as the server sees it: values in, steps and the close out."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
import logging
import pickle
import secrets
import socket
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from gradio_webrtc.concurrency.pooled_threads import POOLED
from gradio_webrtc.concurrency.thread_work import on_a_thread
from gradio_webrtc.handlers.executors.executor_errors import BrokenExecutorError, WorkerTraceback
from gradio_webrtc.handlers.executors.surroundings import Surrounding
from gradio_webrtc.handlers.executors.worker_task import HEADER, Address, Frame

logger = logging.getLogger(__name__)

LARGEST_FRAME = 1 << 28
"""Bytes of one value: 256 MB, more than any picture."""
READ_BYTES = 1 << 20
"""Received ahead of who reads it; a worker then waits."""
TOKEN_BYTES = 32
TOKEN_S = 5.0
"""How long whoever connects may take to say that they are the worker."""
MOST_STRANGERS = 16
"""So many may be about to say it; whoever comes then is turned away."""
CLOSE_S = 1.0
"""How long a generator that is closed is listened to: to what its ``finally`` says."""


class GeneratorChannel:
    """The server's end of one generator: a port of its own, for one worker that has its secret."""

    def __init__(self, server: asyncio.Server, token: bytes) -> None:
        self._server = server
        self._token = token
        self._strangers: set[asyncio.Task[Any]] = set()
        self.connected: asyncio.Future[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = (
            asyncio.get_running_loop().create_future()
        )

    @classmethod
    async def open(cls, host: str) -> GeneratorChannel:
        """Listen on ``host``.

        Raises:
            OSError: this machine has no such address, or no port is free.
        """
        token = secrets.token_bytes(TOKEN_BYTES)
        made: list[GeneratorChannel] = []

        async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await made[0]._greet(reader, writer)

        server = await asyncio.start_server(greet, host, 0, limit=READ_BYTES)
        made.append(cls(server, token))
        return made[0]

    @property
    def address(self) -> Address:
        """What the worker needs to reach this."""
        host, port = self._server.sockets[0].getsockname()[:2]
        return Address(host, port, self._token)

    def close(self) -> None:
        """Give everything back; the worker sees it at its next step. Idempotent."""
        self._server.close()
        for stranger in self._strangers:
            stranger.cancel()
        if not self.connected.done():
            self.connected.cancel()
        elif not self.connected.cancelled():
            _, writer = self.connected.result()
            with contextlib.suppress(OSError):
                # At once, and whoever else holds the socket: a process forked meanwhile does.
                writer.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
            writer.close()

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        if len(self._strangers) >= MOST_STRANGERS:
            writer.close()
            return
        self._strangers.add(task)
        try:
            token = await asyncio.wait_for(reader.readexactly(TOKEN_BYTES), TOKEN_S)
            if hmac.compare_digest(token, self._token) and not self.connected.done():
                self.connected.set_result((reader, writer))
                self._server.close()  # nobody else is expected
                return
            writer.close()
        except (asyncio.TimeoutError, asyncio.IncompleteReadError, ConnectionError):
            writer.close()
        except asyncio.CancelledError:
            writer.close()
        finally:
            self._strangers.discard(task)


class RemoteGenerator:
    """An async iterator over what a generator on a worker yields; one consumer.

    It is let one value at a time until the second is asked for, and then ``ahead`` more: what is
    behind the first ``yield`` runs only when somebody wants it.

    Args:
        channel: where the values come in.
        done: the worker's task: fails if the worker does, and returns what it said at last.
        surroundings: what was carried there.
        ahead: how many values it may be ahead.
        failed: returns the error for what the executor raised.
        let_go: called once it is over, or nobody wants more of it.
    """

    def __init__(
        self,
        channel: GeneratorChannel,
        done: asyncio.Future[Sequence[Frame]],
        surroundings: Sequence[Surrounding],
        ahead: int,
        failed: Callable[[BaseException], Exception],
        let_go: Callable[[], None],
    ) -> None:
        self._channel = channel
        self._done = done
        self._surroundings = surroundings
        self._ahead = ahead
        self._failed = failed
        self._let_go = let_go
        self._asked = 0
        self._ended = False
        self._reading: asyncio.Task[Frame] | None = None

    def __aiter__(self) -> RemoteGenerator:
        return self

    async def __anext__(self) -> Any:
        if self._ended:
            raise StopAsyncIteration
        try:
            _, writer = await self._connection()
            self._allow(writer)
            frame = await self._value()
        except asyncio.CancelledError:
            raise  # to be closed, while the worker still listens
        except BaseException:
            self._end()
            self._let_go()
            raise
        if frame.kind == "value":
            return frame.body
        self._end()
        raise StopAsyncIteration

    async def aclose(self) -> None:
        """Close the generator at its next step, and listen for a moment to what it says then.

        Raises:
            Exception: what closing it raised.
        """
        if self._ended:
            return
        self._ended = True
        try:
            if self._channel.connected.done():
                _, writer = self._channel.connected.result()
                _tell(writer, close=True, news=self._news())
                await asyncio.wait_for(self._rest(), CLOSE_S)
        except asyncio.TimeoutError:
            pass
        finally:
            self._end()
            self._let_go()

    def _end(self) -> None:
        self._ended = True
        if self._reading is not None:
            self._reading.cancel()
        self._channel.close()

    def _allow(self, writer: asyncio.StreamWriter) -> None:
        self._asked += 1
        steps = 1 + self._ahead if self._asked == 2 else 1
        _tell(writer, steps=steps, news=self._news())

    def _news(self) -> list[Any]:
        return [each.news() for each in self._surroundings]

    async def _connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        connected = self._channel.connected
        if not connected.done():
            either: set[asyncio.Future[Any]] = {connected, self._done}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if not connected.done():
            await self._raise_last()
        return connected.result()

    async def _raise_last(self) -> NoReturn:
        """Raise what the worker's task failed with, without having said it over the channel."""
        try:
            frames = await asyncio.shield(self._done)
        except asyncio.CancelledError:
            raise
        except Exception as error:  # whatever the executor raises
            raise self._failed(error) from error
        for frame in frames:
            if frame.kind == "error":
                raise error_of(frame)
        raise self._failed(EOFError("it said nothing"))

    async def _value(self) -> Frame:
        """Return the next frame that is a value or the end; messages before it are delivered."""
        while True:
            if self._reading is None:
                self._reading = asyncio.ensure_future(self._read())
                on_a_thread(self._reading)
            try:
                frame = await asyncio.shield(self._reading)
            finally:
                if self._reading.done():
                    self._reading = None
            if frame.kind == "error":
                raise error_of(frame)
            if frame.kind != "message":
                return frame
            deliver(frame, self._surroundings)

    async def _read(self) -> Frame:
        reader, _ = await self._connection()
        try:
            (size,) = HEADER.unpack(await reader.readexactly(HEADER.size))
            if size > LARGEST_FRAME:
                raise BrokenExecutorError(f"A worker yielded a value of {size} bytes: too much.")
            data = await reader.readexactly(size)
        except (asyncio.IncompleteReadError, ConnectionError):
            # What took the worker away is known to the executor, most likely soon.
            done, _ = await asyncio.wait({self._done}, timeout=CLOSE_S)
            if done and self._done.exception() is not None:
                await self._raise_last()
            # Or it has begun the task anew elsewhere, as Dask does: that finds nobody here.
            raise self._failed(EOFError("it is gone")) from None
        frame: Frame = await POOLED.call(pickle.loads, data)
        return frame

    async def _rest(self) -> None:
        while (await self._value()).kind == "value":
            pass


def _tell(writer: asyncio.StreamWriter, **said: Any) -> None:
    if not writer.is_closing():
        writer.write(json.dumps(said).encode() + b"\n")


def error_of(frame: Frame) -> BaseException:
    """Return the exception of an ``"error"`` frame, with where it was raised as its cause."""
    error, text = frame.body
    assert isinstance(error, BaseException)
    error.__cause__ = WorkerTraceback(text)
    return error


def deliver(frame: Frame, surroundings: Sequence[Surrounding]) -> None:
    """Give a ``"message"`` frame to whom it is for; what that raises is logged."""
    place, name, values = frame.body
    try:
        surroundings[place].receive(name, *values)
    except Exception:
        logger.warning("%s() of a worker failed", name, exc_info=True)
