"""A call to a handler without a server and without a network: a line within the process."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from gradio_webrtc.client.call import Call, CallTimes
from gradio_webrtc.client.received import Ending, Received, ReceivedAudio, ReceivedOutput
from gradio_webrtc.client.sending.audio_line import AudioLine, Metronome
from gradio_webrtc.client.signaling import Modality as Modality
from gradio_webrtc.client.signaling import Mode, SocketAddress
from gradio_webrtc.concurrency.waiting import cancel_and_wait
from gradio_webrtc.errors import ConfigurationError, MediaFormatError
from gradio_webrtc.handlers.adapters.as_handler import UserCode
from gradio_webrtc.handlers.protocol import Handler
from gradio_webrtc.json_values import Json, JsonObject
from gradio_webrtc.media.audio.pcm import Int16Array, Pcm
from gradio_webrtc.media.emitted_media import EmittedAudio, EmittedVideo
from gradio_webrtc.media.outgoing_audio import OutgoingAudio
from gradio_webrtc.server.quotas import Requester
from gradio_webrtc.server.session_builder import Line
from gradio_webrtc.server.stream_host import StreamHost
from gradio_webrtc.session import messages
from gradio_webrtc.session.messages import Message
from gradio_webrtc.session.session import Session
from gradio_webrtc.session.state import CloseReason
from gradio_webrtc.session.transport import TransportListener
from gradio_webrtc.stream import Stream

RATE = 48_000
"""In Hz, both ways, as by WebRTC."""


class MemoryTransport:
    """The app's end. Implements ``session.transport.Transport``.

    Args:
        listener: the session.
        line: what the caller says.
        received: takes what the caller gets.
    """

    def __init__(self, listener: TransportListener, line: AudioLine, received: Received) -> None:
        self._listener = listener
        self._line = line
        self._received = received
        self._loop = asyncio.get_running_loop()
        self.playback = OutgoingAudio(RATE, sent=listener.recorder.audio_sent)
        self._tasks = [
            self._loop.create_task(self._receive()),
            self._loop.create_task(self._send()),
        ]

    async def play_audio(self, audio: EmittedAudio) -> None:
        """Queue it."""
        await self.playback.play(audio)

    async def play_video(self, frame: EmittedVideo) -> None:
        """Refuse it: this line carries sound."""
        raise MediaFormatError("A call in process carries sound only.")

    async def drain(self) -> None:
        """Wait until it has been heard."""
        played = self.playback.drain()
        await played

    def send(self, message: Message) -> None:
        """Give a control message to the caller."""
        self.send_text(messages.encode(message))

    def send_text(self, text: str) -> None:
        """Give a text to the caller."""
        self._received.take_text(text)

    async def aclose(self) -> None:
        """End both directions."""
        self.playback.stop()
        for task in self._tasks:
            await cancel_and_wait(task)
        self._received.end(Ending("peer_lost"))

    async def _receive(self) -> None:
        self._listener.on_connected()
        metronome = Metronome()
        while True:
            now = await metronome.tick()
            self._listener.on_audio(Pcm(RATE, self._line.frame(now)))

    async def _send(self) -> None:
        while (frame := await self.playback.next_frame()) is not None:
            at = self._loop.time()
            self._received.audio.put(ReceivedAudio(RATE, frame.samples, at))


class InProcess:
    """A call's link and signaling in one: there is nothing between the caller and the app.

    Implements ``client.links.Link`` and ``client.signaling.Signaling``.
    """

    modality: Modality | None = "audio"
    mode: Mode | None = "send-receive"

    def __init__(self, host: StreamHost, received: Received, line: AudioLine) -> None:
        self._host = host
        self._received = received
        self._line = line
        self._session: Session | None = None

    async def open(self, webrtc_id: str) -> None:
        """Open the session.

        Raises:
            SignalingError: the stream refuses it.
        """

        def make(listener: TransportListener, _: Handler) -> MemoryTransport:
            return MemoryTransport(listener, self._line, self._received)

        self._session = await self._host.open_session(webrtc_id, Requester(), Line(make))

    async def connected(self, webrtc_id: str = "", received: Received | None = None) -> None:
        """Wait until the app listens; then, with an id, read the additional outputs."""
        if received is None:
            assert self._session is not None
            await self._session.connected.wait()
            return
        loop = asyncio.get_running_loop()
        async for output in self._host.output_stream(webrtc_id, missing_ok=True):
            received.outputs.put(ReceivedOutput(output.args, loop.time()))

    def send_text(self, text: str) -> None:
        """Give a message to the session."""
        if self._session is not None:
            self._session.on_message(text)

    def press(self, digit: str) -> None:
        """Press a key of a telephone."""
        if self._session is not None:
            self._session.submissions.press(digit)

    async def aclose(self) -> None:
        """End the session and wait until nothing of it is left."""
        if self._session is not None:
            self._received.end(Ending("client_closed"))
            await self._session.aclose(CloseReason.CLIENT_CLOSED)

    async def set_input(self, webrtc_id: str, values: list[Json]) -> None:
        """Give the values of the other inputs."""
        given = tuple(values)
        self._host.set_input(webrtc_id, given)

    # -- what only a network needs ---------------------------------------------------------------

    async def ask(self, body: JsonObject) -> JsonObject:
        """There is nobody to ask."""
        raise ConfigurationError("A call in process has no server.")

    async def ice_configuration(self) -> None:
        """There is none."""

    async def start(self) -> None:
        """There is no button."""

    async def socket(self) -> SocketAddress:
        """There is none."""
        raise ConfigurationError("A call in process has no socket.")

    async def place(self, webrtc_id: str, within_s: float) -> None:
        """There is no line to stand in."""

    async def leave(self, webrtc_id: str) -> None:
        """The session has ended."""


@asynccontextmanager
async def call_in_process(
    app: Stream | UserCode,
    *,
    inputs: Sequence[Json] = (),
    background: Int16Array | None = None,
) -> AsyncIterator[tuple[Call, InProcess]]:
    """Call an app that is in this process.

    Args:
        app: a ``Stream``, or what one takes: a stream handler such as ``ReplyOnPause(...)``.
        inputs: the values of its other inputs.
        background: what there is to hear of the caller's room, int16 ``(samples,)`` at 48 kHz.

    Raises:
        SignalingError: the stream refuses the call.
        ConfigurationError: it is no stream of sound.
    """
    stream = app if isinstance(app, Stream) else Stream(app, modality="audio", verbose=False)
    received, line = Received(), AudioLine(RATE, background)
    link = InProcess(stream.host, received, line)
    webrtc_id = str(uuid.uuid4())
    now = asyncio.get_running_loop().time()
    await link.open(webrtc_id)
    await link.connected()
    call = Call(webrtc_id, link, link, received, CallTimes(now, now, now), line, None)
    try:
        if inputs:
            await call.set_input(*inputs)
        yield call, link
    finally:
        await call.hang_up()
        if not isinstance(app, Stream):
            await stream.host.aclose()
