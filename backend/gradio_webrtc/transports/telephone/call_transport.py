"""A call as a session's wire: Twilio's messages over a websocket."""

from __future__ import annotations

from collections.abc import Sequence

from gradio_webrtc.media.audio import mu_law
from gradio_webrtc.media.audio.pcm import Int16Array, Pcm
from gradio_webrtc.media.outgoing_audio import OutgoingAudio
from gradio_webrtc.session.transport import TransportListener
from gradio_webrtc.transports.sockets.codec import Heard, Ignored, SocketEvent, Stopped
from gradio_webrtc.transports.sockets.socket_transport import SocketTransport
from gradio_webrtc.transports.sockets.text_socket import TextSocket
from gradio_webrtc.transports.telephone import twilio_messages
from gradio_webrtc.transports.telephone.call_playback import CallPlayback
from gradio_webrtc.transports.telephone.played_marks import SentFrame
from gradio_webrtc.transports.telephone.twilio_messages import (
    SAMPLE_RATE,
    Dtmf,
    Mark,
    Media,
    Stop,
)


class TwilioCodec:
    """The messages of one stream. Implements ``sockets.codec.SocketCodec``.

    Nobody at the other end reads control messages, and Twilio ends a stream that sends it others
    than its own (its error 31924). So what is said to pages goes nowhere.

    Args:
        stream_sid: what ``start`` called the stream.
    """

    sample_rate = SAMPLE_RATE
    opening: Sequence[str] = ()

    def __init__(self, stream_sid: str) -> None:
        self._sid = stream_sid

    def parse(self, text: str) -> SocketEvent:
        """Return what ``text`` means."""
        message = twilio_messages.parse(text)
        if isinstance(message, Media):
            return Heard(Pcm(SAMPLE_RATE, mu_law.decode(message.payload)))
        if isinstance(message, Mark | Dtmf):
            return message
        return Stopped() if isinstance(message, Stop) else Ignored()

    def media(self, samples: Int16Array) -> Sequence[str]:
        """Return the message that carries audio, int16 of shape ``(1, samples)``."""
        return [twilio_messages.media(self._sid, mu_law.encode(samples))]

    def frame(self, frame: SentFrame) -> Sequence[str]:
        """Return the messages that carry a frame and the marks around it."""
        audio = twilio_messages.media(self._sid, frame.payload)
        texts = [audio, twilio_messages.mark(self._sid, frame.name)]
        if frame.probe is not None:
            texts.insert(0, twilio_messages.mark(self._sid, frame.probe))
        return texts

    def message(self, text: str) -> None:
        """Return nothing: there is no form for control messages."""

    def clear(self) -> str:
        """Return what silences the other end."""
        return twilio_messages.clear(self._sid)


class CallTransport(SocketTransport):
    """The server's end of a call. Implements ``session.transport.Transport``.

    Args:
        listener: the session.
        socket: the websocket, after ``start`` was read from it.
        stream_sid: what ``start`` called the stream.
        plays: whether the caller is to hear anything.
    """

    playback: CallPlayback

    def __init__(
        self,
        listener: TransportListener,
        socket: TextSocket,
        stream_sid: str,
        *,
        plays: bool = True,
    ) -> None:
        self._call = TwilioCodec(stream_sid)
        super().__init__(listener, socket, self._call, plays=plays)

    def on_event(self, event: SocketEvent) -> None:
        """Do what a message asks for."""
        if isinstance(event, Mark):
            self._listener.on_activity()
            self.playback.marked(event.name)
        elif isinstance(event, Dtmf):
            self._listener.on_activity()
            self._listener.submissions.press(event.digit)
        else:
            super().on_event(event)

    def silence(self) -> None:
        """Let the other end drop what it has not played."""
        self.outbox.drop_media()
        self.outbox.send(self._call.clear())

    def send_again(self, frame: SentFrame) -> None:
        """Send a frame, whatever else waits."""
        self.outbox.play_at_once(self._call.frame(frame))

    async def drain(self) -> None:
        """Wait until the caller has heard what is queued."""
        await self.playback.drain()

    def _make_playback(self) -> OutgoingAudio:
        return CallPlayback(self, self._listener.recorder.audio_sent)

    async def _play_frames(self) -> None:
        while (frame := await self.playback.next_sent()) is not None:
            await self.outbox.play(self._call.frame(frame))
