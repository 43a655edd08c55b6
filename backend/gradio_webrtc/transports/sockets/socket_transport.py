"""A session's audio and messages over one socket of texts, whatever they look like there."""

from __future__ import annotations

import asyncio
import logging

from gradio_webrtc.concurrency.silence import Silence
from gradio_webrtc.concurrency.waiting import cancel_and_wait, finished_within
from gradio_webrtc.errors import InvalidMessageError, MediaFormatError, MessageTooLargeError
from gradio_webrtc.media.audio.pacer import FRAME_SECONDS
from gradio_webrtc.media.emitted_media import EmittedAudio, EmittedVideo
from gradio_webrtc.media.outgoing_audio import OutgoingAudio
from gradio_webrtc.session import messages
from gradio_webrtc.session.messages import Message
from gradio_webrtc.session.state import CloseReason
from gradio_webrtc.session.transport import TransportListener
from gradio_webrtc.transports.sockets.codec import (
    Heard,
    Pinged,
    Said,
    SocketCodec,
    SocketEvent,
    Stopped,
    checked_text,
)
from gradio_webrtc.transports.sockets.inflow import Inflow
from gradio_webrtc.transports.sockets.outbox import Outbox
from gradio_webrtc.transports.sockets.text_socket import SocketClosedError, TextSocket

logger = logging.getLogger(__name__)

FLUSH_SECONDS = 2.0
"""How long the last messages may take to go out, and the socket to close."""

HEARTBEAT_SECONDS = 15.0
"""A client that sends pings, and then nothing at all for so long, is taken for gone. One that never
sent a ping may be silent: the server's own pings, below these messages, notice when it is gone."""


class SocketTransport:
    """Implements ``session.transport.Transport``. Negotiation is over before it is made.

    A telephone's or another codec's own events go to ``on_event``, which a subclass overrides.

    Args:
        listener: the session.
        socket: accepted, and read by nobody else.
        codec: what the messages mean.
        plays: whether the client wants to hear anything.

    Attributes:
        playback: the audio that is played.
    """

    def __init__(
        self,
        listener: TransportListener,
        socket: TextSocket,
        codec: SocketCodec,
        *,
        plays: bool = True,
    ) -> None:
        loop = asyncio.get_running_loop()
        self._loop = loop
        self._listener = listener
        self._socket = socket
        self._codec = codec
        self._plays = plays
        self._refused = 0
        self._slowed = False
        self._left = False
        self._to_clear = False
        self._reason = ""
        self._inflow = Inflow()
        self._silence = Silence(loop, HEARTBEAT_SECONDS, self._unheard)
        self.playback = self._make_playback()
        self.playback.before_clear(self._clear)
        self.outbox = Outbox(socket, self._cannot_send)
        self._receiving = loop.create_task(self._receive(), name="socket receive")
        self._playing = loop.create_task(self._play(), name="socket play")

    # -- what comes in -------------------------------------------------------------------------

    async def _receive(self) -> None:
        for text in self._codec.opening:
            self.outbox.send(text)
        self._listener.on_connected()
        try:
            while not self._left:
                pause = self._take(await self._socket.receive())
                # Once around the loop at least: what is in the server's queue comes without it.
                await asyncio.sleep(pause)
        except SocketClosedError as closed:
            self._gone(closed.reason)
        except Exception:  # whatever the server's own code raises: the session must end
            logger.exception("receiving from a socket failed")
            self._gone(CloseReason.TRANSPORT_FAILED)

    def _take(self, text: str | bytes) -> float:
        """Handle one message; return for how many seconds to read no other."""
        self._silence.heard()
        seconds = 0.0
        try:
            event = self._parse(text)
            if isinstance(event, Heard):
                seconds = event.pcm.duration
            self.on_event(event)
        except MessageTooLargeError as error:
            logger.warning("a client on a socket: %s", error)
            self.send(messages.error(error.message))
            self._gone(CloseReason.TRANSPORT_FAILED)
            return 0.0
        except InvalidMessageError as error:
            self._refuse(error)
        pause = self._inflow.took(len(text), seconds, self._loop.time())
        if pause and not self._slowed:
            self._slowed = True
            self._warn("The client sends faster than it may; what it sends is read more slowly.")
        return pause

    def _parse(self, text: str | bytes) -> SocketEvent:
        return self._codec.parse(checked_text(text))

    def on_event(self, event: SocketEvent) -> None:
        """Do what a client's message asks for."""
        if isinstance(event, Heard):
            self._listener.on_audio(event.pcm)
            return
        self._listener.on_activity()
        if isinstance(event, Said):
            self._listener.on_message(event.text)
        elif isinstance(event, Pinged):
            self._silence.watch()
            self.outbox.send(event.answer)
        elif isinstance(event, Stopped):
            self._gone(CloseReason.CLIENT_CLOSED)

    def _refuse(self, error: InvalidMessageError) -> None:
        self._refused += 1
        if self._refused == 1:  # a client must not be able to fill the log
            self._warn(error.message)

    def _warn(self, text: str) -> None:
        logger.warning("a client on a socket: %s", text)
        self.send(messages.warning(text))

    def _unheard(self) -> None:
        logger.warning("nothing came over a socket for %g s", HEARTBEAT_SECONDS)
        self._gone(CloseReason.PEER_LOST)

    def _cannot_send(self, words: str | None) -> None:
        if words is not None:
            logger.warning("a client on a socket: %s", words)
        self._gone(CloseReason.PEER_LOST)

    def _gone(self, reason: CloseReason) -> None:
        self._left = True
        self._reason = self._reason or reason.value
        self._listener.on_closed(reason)

    # -- what goes out -------------------------------------------------------------------------

    def _make_playback(self) -> OutgoingAudio:
        sent = self._listener.recorder.audio_sent
        return OutgoingAudio(self._codec.sample_rate, max_channels=1, sent=sent)

    async def _play_frames(self) -> None:
        while (frame := await self.playback.next_frame()) is not None:
            self._to_clear = True
            await self.outbox.play(self._codec.media(frame.samples))

    async def _play(self) -> None:
        try:
            await self._play_frames()
        except Exception:  # a mistake of a codec's: a session that is silent must not go on
            logger.exception("playing over a socket failed")
            self._gone(CloseReason.TRANSPORT_FAILED)

    def _clear(self) -> None:
        self.outbox.drop_media()
        if self._to_clear and (text := self._codec.clear()) is not None:
            self.outbox.send(text)
        self._to_clear = False

    async def play_audio(self, audio: EmittedAudio) -> None:
        """Queue audio; it goes nowhere if the client only sends."""
        if self._plays:
            await self.playback.play(audio)

    async def play_video(self, frame: EmittedVideo) -> None:
        """Refuse it: sessions with video are not opened over sockets."""
        raise MediaFormatError("This connection carries audio only.")

    async def drain(self) -> None:
        """Wait until everything queued has been sent and the last of it can have been heard."""
        await self.playback.drain()
        await self.outbox.flushed()
        await asyncio.sleep(FRAME_SECONDS)

    def send(self, message: Message) -> None:
        """Send a control message, if the codec has a form for it."""
        if message.type == "end_stream":
            self._reason = self._reason or message.reason or ""
        self.send_text(messages.encode(message))

    def send_text(self, text: str) -> None:
        """Send text, if the codec has a form for it."""
        if (carrying := self._codec.message(text)) is not None:
            # A lone surrogate, which Python's strings may hold, is no text for a socket.
            self.outbox.send(carrying.encode("utf-8", "replace").decode())

    async def aclose(self) -> None:
        """Send the last messages, then close the socket without waiting for the client."""
        self._silence.cancel()
        self.playback.stop()
        await cancel_and_wait(self._receiving)
        await self.outbox.aclose(FLUSH_SECONDS)
        await cancel_and_wait(self._playing)
        if not await finished_within(self._socket.close(self._reason), FLUSH_SECONDS):
            logger.debug("a socket did not close within %g s", FLUSH_SECONDS)
