"""A client of the published websocket API, written from its documentation."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
from types import TracebackType
from typing import Any

import numpy as np
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from gradio_webrtc.media.audio import mu_law
from tests.support.sessions import until

LOUD = 1_000


class WebSocketClient:
    """``async with WebSocketClient(url) as client``: connected, and reading.

    Attributes:
        sound: what arrived, int16, with the loop's time of each piece.
        messages: what else arrived.
        rate: of what is sent, in Hz.
        output_rate: of what comes.
    """

    def __init__(
        self, url: str, rate: int = 48_000, output_rate: int = 24_000, **options: Any
    ) -> None:
        self.rate = rate
        self.output_rate = output_rate
        self.sound: list[tuple[float, np.ndarray]] = []
        self.messages: list[dict[str, Any]] = []
        self._connecting = connect(url, **options)

    async def __aenter__(self) -> WebSocketClient:
        self.socket: ClientConnection = await self._connecting
        self._reading = asyncio.ensure_future(self._read())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.socket.close()
        await self._reading

    async def send(self, message: Any) -> None:
        """Send JSON, or text and bytes as they are."""
        as_it_is = isinstance(message, str | bytes)
        await self.socket.send(message if as_it_is else json.dumps(message))

    async def start(self, websocket_id: str = "a", **more: Any) -> None:
        """Say ``start``."""
        await self.send({"event": "start", "websocket_id": websocket_id, **more})

    async def says(self, samples: np.ndarray) -> None:
        """Send int16 at ``rate`` in real time; stops when the socket is closed."""
        loop = asyncio.get_running_loop()
        began, step = loop.time(), self.rate // 50
        with contextlib.suppress(ConnectionClosed):
            for start in range(0, len(samples), step):
                payload = base64.b64encode(mu_law.encode(samples[start : start + step])).decode()
                await self.send({"event": "media", "media": {"payload": payload}})
                await asyncio.sleep(began + (start + step) / self.rate - loop.time())

    async def message(self, kind: str, value: str) -> dict[str, Any]:
        """Wait for the first message in which the field ``kind`` is ``value``."""
        found: list[dict[str, Any]] = []

        def look() -> bool:
            found[:] = [each for each in self.messages if each.get(kind) == value]
            return bool(found)

        await until(look)
        return found[0]

    async def over(self) -> None:
        """Wait until the server has closed the socket."""
        await asyncio.wait_for(asyncio.shield(self._reading), 30)

    @property
    def logged(self) -> list[str]:
        """The turn-taking events."""
        return [each["data"] for each in self.messages if each.get("type") == "log"]

    @property
    def heard(self) -> np.ndarray:
        """All sound that arrived, end to end."""
        return np.concatenate([np.zeros(0, np.int16), *(piece for _, piece in self.sound)])

    def loud(self, since: float = 0.0) -> list[float]:
        """Return when pieces that are no silence arrived."""
        return [at for at, piece in self.sound if at > since and np.abs(piece).max() > LOUD]

    async def _read(self) -> None:
        loop = asyncio.get_running_loop()
        with contextlib.suppress(ConnectionClosed):
            async for text in self.socket:
                message = json.loads(text)
                if message.get("event") == "media":
                    data = base64.b64decode(message["media"]["payload"])
                    self.sound.append((loop.time(), mu_law.decode(data)[0]))
                else:
                    self.messages.append(message)
