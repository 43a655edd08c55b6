"""A generator that runs on a worker, as the server sees it: values in, steps and the close out."""

from __future__ import annotations

import asyncio
import json
import logging
import pickle
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from gradio_webrtc.concurrency.pooled_threads import POOLED
from gradio_webrtc.concurrency.thread_work import on_a_thread
from gradio_webrtc.concurrency.waiting import finished_within
from gradio_webrtc.handlers.executors.executor_errors import (
    BrokenExecutorError,
    ExecutorError,
    WorkerTraceback,
)
from gradio_webrtc.handlers.executors.generator_channel import GeneratorChannel
from gradio_webrtc.handlers.executors.surroundings import Surrounding
from gradio_webrtc.handlers.executors.worker_task import HEADER, Frame

logger = logging.getLogger(__name__)

LARGEST_FRAME = 1 << 28
"""Bytes of one value: 256 MB, more than any picture."""
LAST_S = 5.0
"""How long the values of a worker whose task is over may be on their way."""
CLOSE_S = 1.0
"""How long a generator that is closed is listened to: to what its ``finally`` says."""


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
                await finished_within(self._rest(), CLOSE_S)
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
        reading = asyncio.ensure_future(_frame_bytes(reader))
        try:
            either: set[asyncio.Future[Any]] = {reading, self._done}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if not reading.done():
                # The task is over: the rest of what it said comes at once, or never, when a
                # machine has vanished without closing its connections.
                await asyncio.wait({reading}, timeout=LAST_S)
            if not reading.done():
                await self._raise_last()
            data = reading.result()
        except (asyncio.IncompleteReadError, OSError):
            # What took the worker away is known to the executor, most likely soon.
            done, _ = await asyncio.wait({self._done}, timeout=CLOSE_S)
            if done and self._done.exception() is not None:
                await self._raise_last()
            # Or it has begun the task anew elsewhere, as Dask does: that finds nobody here.
            raise self._failed(EOFError("it is gone")) from None
        finally:
            reading.cancel()
        frame: Frame = await POOLED.call(pickle.loads, data)
        return frame

    async def _rest(self) -> None:
        while (await self._value()).kind == "value":
            pass


async def _frame_bytes(reader: asyncio.StreamReader) -> bytes:
    (size,) = HEADER.unpack(await reader.readexactly(HEADER.size))
    if size > LARGEST_FRAME:
        raise BrokenExecutorError(f"A worker yielded a value of {size} bytes: too much.")
    return await reader.readexactly(size)


def _tell(writer: asyncio.StreamWriter, **said: Any) -> None:
    if not writer.is_closing():
        writer.write(json.dumps(said).encode() + b"\n")


def error_of(frame: Frame) -> BaseException:
    """Return the exception of an ``"error"`` frame, with where it was raised as its cause."""
    said, text = frame.body
    assert isinstance(said, BaseException)
    error: BaseException = said
    if not isinstance(error, Exception):  # SystemExit there is not to end the server
        error = ExecutorError(f"{type(error).__name__}: {error}")
    error.__cause__ = WorkerTraceback(text)
    return error


def deliver(frame: Frame, surroundings: Sequence[Surrounding]) -> None:
    """Give a ``"message"`` frame to whom it is for; what that raises is logged."""
    place, name, values = frame.body
    try:
        surroundings[place].receive(name, *values)
    except Exception:
        logger.warning("%s() of a worker failed", name, exc_info=True)
