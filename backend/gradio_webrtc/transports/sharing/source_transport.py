"""The wire of a shared source: what is emitted is paced, encoded once, and handed to all."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from aiortc.mediastreams import MediaStreamError

from gradio_webrtc.concurrency.background_tasks import BackgroundTasks
from gradio_webrtc.concurrency.waiting import finished_within
from gradio_webrtc.handlers.protocol import MediaKind
from gradio_webrtc.media.emitted_media import EmittedAudio, EmittedVideo
from gradio_webrtc.media.video.sending.rate_limiter import FrameRate
from gradio_webrtc.session.messages import Message
from gradio_webrtc.session.state import CloseReason
from gradio_webrtc.session.transport import TransportListener
from gradio_webrtc.transports.media_preferences import MediaPreferences
from gradio_webrtc.transports.sending.outgoing_media import OutgoingMedia
from gradio_webrtc.transports.sending.video_sender import VideoSender
from gradio_webrtc.transports.sharing.audience import Audience
from gradio_webrtc.transports.sharing.shared_audio import SharedAudio
from gradio_webrtc.transports.sharing.shared_video import SharedVideo
from gradio_webrtc.transports.sharing.viewer import Viewer

DRAIN_SECONDS = 1.0
"""How long the end waits for viewers who are behind; what waits for one is a second at most."""


class SourceTransport:
    """Implements ``session.transport.Transport`` for the session that runs a source.

    Args:
        listener: that session.
        audience: who watches.
        kinds: what the source emits.
        rate: how many frames a second are sent at most.
        preferences: bitrates.

    Attributes:
        playback: the audio that is played to all.
        video, audio: what encodes.
    """

    def __init__(
        self,
        listener: TransportListener,
        audience: Audience,
        kinds: tuple[MediaKind, ...],
        rate: FrameRate,
        preferences: MediaPreferences,
    ) -> None:
        self._listener = listener
        self._audience = audience
        self._outgoing = OutgoingMedia(kinds, rate, listener.recorder)
        self.playback = self._outgoing.playback
        self.audio = SharedAudio(preferences.audio_bitrate)
        self.video = SharedVideo(preferences.video_bitrate, self._outgoing.repeat_picture)
        self._tasks = BackgroundTasks("a task of a shared source")
        if self._outgoing.audio is not None:
            self._tasks.spawn(self._carry(self._send_audio()))
        if self._outgoing.video is not None:
            self._tasks.spawn(self._carry(self._send_video(self._outgoing.video)))

    def join(self, viewer: Viewer) -> None:
        """Bring a viewer, who is in the audience, up to date."""
        viewer.ask_key_frame = self.video.ask_key_frame
        self.video.join(viewer)

    async def _carry(self, sending: Coroutine[Any, Any, None]) -> None:
        """End the source when what it emits can no longer be encoded, as a broken wire does."""
        try:
            await sending
        except Exception:
            self._listener.on_closed(CloseReason.TRANSPORT_FAILED)
            raise  # to the log

    async def _send_audio(self) -> None:
        while (frame := await self.playback.next_frame()) is not None:
            self.audio.send(frame, self._audience.viewers())

    async def _send_video(self, track: VideoSender) -> None:
        try:
            while True:
                await self.video.send(await track.recv(), self._audience.viewers)
        except MediaStreamError:
            return

    # -- what the session asks -----------------------------------------------------------------

    async def play_audio(self, audio: EmittedAudio) -> None:
        """Queue audio for everybody."""
        await self._outgoing.audio_sink.play(audio)

    async def play_video(self, frame: EmittedVideo) -> None:
        """Show a frame to everybody."""
        await self._outgoing.video_sink.play(frame)

    async def drain(self) -> None:
        """Wait until everything was sent, a second at most for who is behind."""
        await self._outgoing.drain()
        behind = (viewer.sent() for viewer in self._audience.viewers())
        await finished_within(asyncio.gather(*behind), DRAIN_SECONDS)

    def send(self, message: Message) -> None:
        """Say it to every viewer, unless each session has it to say itself."""
        self._audience.tell(message)

    def send_text(self, text: str) -> None:
        """Say text to every viewer."""
        self._audience.tell_text(text)

    async def aclose(self) -> None:
        """End what is sent. Idempotent."""
        self._outgoing.stop()
        self.video.stop()
        self._tasks.cancel()
        await self._tasks.ended()
