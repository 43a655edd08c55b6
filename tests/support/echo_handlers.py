"""Handlers as users write them."""

from __future__ import annotations

import asyncio
from queue import Queue
from typing import Any

import numpy as np

from gradio_webrtc import AsyncStreamHandler, StreamHandler


class EchoHandler(StreamHandler):
    """The published guide's handler, blocking ``emit`` and all."""

    def __init__(self) -> None:
        super().__init__()
        self.queue: Queue[tuple[int, np.ndarray[Any, Any]]] = Queue()

    def receive(self, frame: tuple[int, np.ndarray[Any, Any]]) -> None:
        self.queue.put(frame)

    def emit(self) -> Any:
        return self.queue.get()

    def copy(self) -> StreamHandler:
        return EchoHandler()


class AsyncEchoHandler(AsyncStreamHandler):
    """The same with coroutines."""

    def __init__(self) -> None:
        super().__init__()
        self.queue: asyncio.Queue[tuple[int, np.ndarray[Any, Any]]] = asyncio.Queue()

    async def receive(self, frame: tuple[int, np.ndarray[Any, Any]]) -> None:
        self.queue.put_nowait(frame)

    async def emit(self) -> Any:
        return await self.queue.get()

    def copy(self) -> AsyncStreamHandler:
        return AsyncEchoHandler()


class SilentHandler(StreamHandler):
    """Listens, and never says anything."""

    def receive(self, frame: tuple[int, np.ndarray[Any, Any]]) -> None:
        pass

    def emit(self) -> Any:
        return None

    def copy(self) -> StreamHandler:
        return SilentHandler()
