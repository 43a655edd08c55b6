"""A wire that is not WebRTC: a pair of queues within the process, as a telephone line would be.

Audio crosses it as 16-bit samples in ``bytes``, control messages as ``str``, and ``None`` is the
end. What it has of its own is that and its negotiation; pacing, holding, clearing, draining and the
seconds played are those of ``OutgoingAudio``.
"""

from __future__ import annotations

import asyncio

import numpy as np

from gradio_webrtc.media.audio.pcm import Pcm
from gradio_webrtc.media.emitted_media import EmittedAudio, EmittedVideo
from gradio_webrtc.media.outgoing_audio import OutgoingAudio
from gradio_webrtc.session import messages
from gradio_webrtc.session.messages import Message
from gradio_webrtc.session.state import CloseReason
from gradio_webrtc.session.transport import TransportListener

Wire = asyncio.Queue["bytes | str | None"]


class MemoryTransport:
    """The server's end. Implements ``session.transport.Transport``.

    Args:
        listener: the session.
        inbox: what the client sends.
        outbox: what it gets.
        sample_rate: of both directions, in Hz; mono.
    """

    def __init__(
        self, listener: TransportListener, inbox: Wire, outbox: Wire, sample_rate: int = 16_000
    ) -> None:
        self._listener = listener
        self._inbox = inbox
        self._outbox = outbox
        self._rate = sample_rate
        self.playback = OutgoingAudio(
            sample_rate, max_channels=1, sent=listener.recorder.audio_sent
        )
        self._tasks = [asyncio.ensure_future(self._receive()), asyncio.ensure_future(self._send())]

    async def _receive(self) -> None:
        self._listener.on_connected()  # this wire has nothing to negotiate
        while (item := await self._inbox.get()) is not None:
            if isinstance(item, bytes):
                samples = np.frombuffer(item, np.int16)[np.newaxis]
                self._listener.on_audio(Pcm(self._rate, samples))
            else:
                self._listener.on_message(item)
        self._listener.on_closed(CloseReason.CLIENT_CLOSED)

    async def _send(self) -> None:
        while (frame := await self.playback.next_frame()) is not None:
            self._outbox.put_nowait(frame.samples.tobytes())

    async def play_audio(self, audio: EmittedAudio) -> None:
        """Queue it."""
        await self.playback.play(audio)

    async def play_video(self, frame: EmittedVideo) -> None:
        """There is no video on this wire."""
        raise AssertionError("no stream over this wire has video")

    async def drain(self) -> None:
        """Wait until it has been played."""
        await self.playback.drain()

    def send(self, message: Message) -> None:
        """Send a control message."""
        self.send_text(messages.encode(message))

    def send_text(self, text: str) -> None:
        """Send text."""
        self._outbox.put_nowait(text)

    async def aclose(self) -> None:
        """End both directions."""
        self.playback.stop()
        self._tasks[0].cancel()
        await asyncio.wait(self._tasks)
        self._outbox.put_nowait(None)
