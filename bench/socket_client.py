"""The measuring client of the published websocket API, the same for every server."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import time
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from bench.results import BenchError

INTERVAL = 0.02

OnSound = Callable[[bytes, float], None]


def media_texts(frames: Sequence[bytes]) -> list[str]:
    """Return the message that carries each of ``frames``."""
    payloads = (base64.b64encode(frame).decode() for frame in frames)
    return [json.dumps({"event": "media", "media": {"payload": each}}) for each in payloads]


class SocketClient:
    """One websocket to a server that sends ``texts`` in a cycle, 20 ms apart.

    Attributes:
        sent: when each was handed to the socket, by ``time.perf_counter``.
        late: how many seconds after its time the latest was, at worst.
    """

    def __init__(self, port: int, handler: str, texts: Sequence[str], on_sound: OnSound) -> None:
        self.sent: list[float] = []
        self.late = 0.0
        self._url = f"ws://127.0.0.1:{port}/{handler}/websocket/offer"
        self._texts = texts
        self._on_sound = on_sound
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self, **start: Any) -> None:
        """Connect, say ``start`` and begin to send.

        Raises:
            BenchError: the server refused.
        """
        try:
            self._socket: ClientConnection = await connect(self._url, compression=None)
        except (OSError, WebSocketException) as error:
            raise BenchError(f"no websocket: {error}") from error
        first = {"event": "start", "websocket_id": str(uuid.uuid4()), **start}
        await self._socket.send(json.dumps(first))
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._send()), loop.create_task(self._read())]

    def check_connected(self) -> None:
        """Raise ``BenchError`` when the connection is gone."""
        if any(task.done() for task in self._tasks):
            raise BenchError(f"the websocket was closed: {self._socket.close_reason}")

    async def aclose(self) -> None:
        """Hang up."""
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)
        await self._socket.close()

    async def _send(self) -> None:
        start = time.perf_counter()
        with contextlib.suppress(ConnectionClosed):
            while True:
                due = start + len(self.sent) * INTERVAL
                if (delay := due - time.perf_counter()) > 0:
                    await asyncio.sleep(delay)
                now = time.perf_counter()
                self.late = max(self.late, now - due)
                self.sent.append(now)
                await self._socket.send(self._texts[(len(self.sent) - 1) % len(self._texts)])

    async def _read(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for text in self._socket:
                at = time.perf_counter()
                message = json.loads(text)
                if message.get("event") == "media":
                    self._on_sound(base64.b64decode(message["media"]["payload"]), at)
