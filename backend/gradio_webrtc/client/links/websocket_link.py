"""A call over a websocket: sound and messages, for networks without a way for WebRTC."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import TYPE_CHECKING, Any

from gradio_webrtc.client.errors import (
    AccessDeniedError,
    ClientError,
    ServerFailedError,
    ServerUnreachableError,
    StreamNotFoundError,
    refusal,
)
from gradio_webrtc.client.received import Ending, Received, ReceivedAudio
from gradio_webrtc.client.sending.audio_line import AudioLine, Metronome
from gradio_webrtc.client.signaling import Signaling
from gradio_webrtc.concurrency.waiting import cancel_and_wait
from gradio_webrtc.errors import MissingExtraError
from gradio_webrtc.handlers.protocol import AudioFormat
from gradio_webrtc.json_values import Json, JsonObject
from gradio_webrtc.media.audio.pcm import to_int16
from gradio_webrtc.transports.sockets.codec import Heard
from gradio_webrtc.transports.websocket.audio_format import Encoding
from gradio_webrtc.transports.websocket.codec import WebSocketCodec

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

PING_SECONDS = 5.0


class WebSocketLink:
    """Implements ``Link``.

    Args:
        signaling: says where the socket is.
        received: takes what comes.
        encoding: of the sound both ways; ``None`` for the published protocol, which has mu-law at
            48 and 24 kHz.
        sends: whether anything is sent.
    """

    def __init__(
        self,
        signaling: Signaling,
        received: Received,
        *,
        encoding: Encoding | None = "opus",
        sends: bool = True,
    ) -> None:
        self._signaling = signaling
        self._received = received
        self._encoding = encoding
        self._sends = sends
        self._loop = asyncio.get_running_loop()
        self._socket: ClientConnection | None = None
        self._codec: WebSocketCodec | None = None
        self._line: asyncio.Future[AudioLine] = self._loop.create_future()
        self._tasks: list[asyncio.Task[None]] = []
        self._outbox: asyncio.Queue[str] = asyncio.Queue()
        self._refused: ClientError | None = None
        self._closing = False
        self.asked_at: float | None = None
        self.answered_at: float | None = None
        self.connected_at: float | None = None

    async def line(self) -> AudioLine:
        """Return what is sent, once its sample rate is known."""
        return await self._line

    async def open(self, webrtc_id: str) -> None:
        """Open the socket, say ``start``, and wait for what the server says to it."""
        start: dict[str, Json] = {"event": "start", "websocket_id": webrtc_id}
        if self._encoding is not None:
            start["format"] = {"input": self._encoding, "output": self._encoding}
        if (token := await self._signaling.start()) is not None:
            start["start"] = token
        self.asked_at = self._loop.time()
        self._socket = await self._connect()
        await self._socket.send(json.dumps(start))
        if self._encoding is None:
            self._begin({"input": {"encoding": "mulaw"}, "output": {"encoding": "mulaw"}})
        self._tasks = [self._loop.create_task(self._read(self._socket))]
        first: set[asyncio.Future[Any]] = {self._line, self._received.over}
        await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
        if self._refused is not None:
            raise self._refused
        self._tasks += [
            self._loop.create_task(self._send_audio()),
            self._loop.create_task(self._send_texts(self._socket)),
            self._loop.create_task(self._ping()),
        ]

    async def connected(self) -> None:
        """A socket that is open carries media."""

    def send_text(self, text: str) -> None:
        """Send it behind what waits."""
        self._outbox.put_nowait(text)

    async def aclose(self) -> None:
        """Say ``stop``, and close."""
        self._closing = True
        if self._socket is not None:
            with contextlib.suppress(Exception):
                await self._socket.send('{"event":"stop"}')
            await self._socket.close()
        for task in self._tasks:
            await cancel_and_wait(task)
        if not self._line.done():
            self._line.cancel()

    async def _connect(self) -> ClientConnection:
        try:
            from websockets.asyncio.client import connect
            from websockets.exceptions import InvalidHandshake, InvalidStatus
        except ImportError as error:
            raise MissingExtraError(
                'A call over a websocket needs: pip install "gradio_webrtc[websocket]"'
            ) from error
        address = await self._signaling.socket()
        try:
            return await connect(address.url, additional_headers=address.headers, compression=None)
        except InvalidStatus as error:
            raise _status_error(error.response.status_code, address.url) from error
        except (InvalidHandshake, EOFError) as error:
            raise ServerFailedError(f"{address.url} opens no websocket: {error}.") from error
        except (OSError, asyncio.TimeoutError) as error:
            raise ServerUnreachableError(
                f"{address.url} cannot be reached: {error}. Is the server running, and are host "
                "and port right?"
            ) from error

    def _begin(self, formats: JsonObject) -> None:
        """What the server takes is what we send: its codec the other way round."""
        audio = AudioFormat(sample_rate=24_000, output_sample_rate=48_000)
        swapped: Json = {"input": formats.get("output"), "output": formats.get("input")}
        self._codec = WebSocketCodec(swapped, audio)
        self.answered_at = self.connected_at = self._loop.time()
        if not self._line.done():
            self._line.set_result(AudioLine(self._codec.sample_rate))

    async def _read(self, socket: ClientConnection) -> None:
        try:
            async for text in socket:
                self._take(text if isinstance(text, str) else text.decode("utf-8", "replace"))
        except Exception as error:  # noqa: BLE001 - however it broke: the call is over
            self._received.end(Ending("peer_lost", str(error)))
        gone = "client_closed" if self._closing else "peer_lost"
        self._received.end(Ending(gone))

    def _take(self, text: str) -> None:
        message = _object(text)
        event = message.get("event")
        if event == "media" and self._codec is not None:
            heard = self._codec.parse(text)
            if isinstance(heard, Heard):
                samples, rate = to_int16(heard.pcm.samples), heard.pcm.sample_rate
                self._received.audio.put(ReceivedAudio(rate, samples, self._loop.time()))
        elif event == "started":
            formats = message.get("format")
            self._begin(formats if isinstance(formats, dict) else {})
        elif event == "pong":
            return
        elif event == "clear":
            self._received.take_text('{"type":"clear"}')
        elif message.get("status") == "failed":
            self._refused = refusal(message)
            self._received.end(Ending(self._refused.code, str(self._refused)))
        else:
            self._received.take_text(text)

    async def _send_audio(self) -> None:
        if not self._sends or self._codec is None or self._socket is None:
            return
        line, metronome = await self._line, Metronome()
        with contextlib.suppress(_closed()):
            while True:
                frame = line.frame(await metronome.tick())
                for text in self._codec.media(frame):
                    await self._socket.send(text)

    async def _send_texts(self, socket: ClientConnection) -> None:
        with contextlib.suppress(_closed()):
            while True:
                await socket.send(await self._outbox.get())

    async def _ping(self) -> None:
        while True:
            self.send_text('{"event":"ping"}')
            await asyncio.sleep(PING_SECONDS)


def _closed() -> type[Exception]:
    from websockets.exceptions import ConnectionClosed

    return ConnectionClosed


def _status_error(status: int, url: str) -> ClientError:
    if status in (401, 403):
        return AccessDeniedError(
            f"{url} wants credentials, or others (HTTP {status}). Pass headers with a token to "
            "connect(), or auth=(name, password) for a Gradio app."
        )
    if status in (404, 405):
        return StreamNotFoundError(
            f"There is no websocket at {url} (HTTP {status}). Is this where the stream is "
            'mounted, and has the server "websockets" installed?'
        )
    return ServerFailedError(f"{url} failed with HTTP {status}.", status)


def _object(text: str) -> dict[str, Any]:
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return message if isinstance(message, dict) else {}
