"""Handlers that send audio and video back as they come, with threads and with coroutines."""

from __future__ import annotations

import asyncio
import queue
from typing import Any

from gradio_webrtc import AsyncAudioVideoStreamHandler, AudioVideoStreamHandler


class Echo(AudioVideoStreamHandler):
    """Sends back what comes."""

    def __init__(self) -> None:
        super().__init__()
        self.sound: queue.Queue[Any] = queue.Queue()
        self.pictures: queue.Queue[Any] = queue.Queue(maxsize=1)

    def copy(self) -> Echo:
        return Echo()

    def receive(self, frame: Any) -> None:
        self.sound.put(frame)

    def emit(self) -> Any:
        return self.sound.get()

    def video_receive(self, frame: Any) -> None:
        self.pictures.put(frame)

    def video_emit(self) -> Any:
        return self.pictures.get()


class AsyncEcho(AsyncAudioVideoStreamHandler):
    """The same with coroutines."""

    def __init__(self) -> None:
        super().__init__()
        self.sound: asyncio.Queue[Any] = asyncio.Queue()
        self.pictures: asyncio.Queue[Any] = asyncio.Queue(maxsize=1)

    def copy(self) -> AsyncEcho:
        return AsyncEcho()

    async def receive(self, frame: Any) -> None:
        self.sound.put_nowait(frame)

    async def emit(self) -> Any:
        return await self.sound.get()

    async def video_receive(self, frame: Any) -> None:
        await self.pictures.put(frame)

    async def video_emit(self) -> Any:
        return await self.pictures.get()
