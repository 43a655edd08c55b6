"""What one connection sends: sound, pictures, or both in step."""

from __future__ import annotations

from gradio_webrtc.handlers.protocol import MediaKind
from gradio_webrtc.media.emitted_media import EmittedAudio, EmittedVideo
from gradio_webrtc.media.lip_sync import SourceClock
from gradio_webrtc.media.outgoing_audio import OutgoingAudio
from gradio_webrtc.recording.recorder import Recorder
from gradio_webrtc.transports.sending.audio_sender import AudioSender
from gradio_webrtc.transports.sending.null_sink import NullSink
from gradio_webrtc.transports.sending.video_sender import VideoSender


class OutgoingMedia:
    """What one connection plays, and the outgoing tracks that carry it.

    Args:
        kinds: what the connection sends; nothing in mode ``"send"``.
        fps: how many pictures a second are sent at most.
        audio_bitrate: most bits per second of sound; ``None`` for our own default.

    Attributes:
        playback: the audio; nothing is queued there when the connection sends none.
        audio: its track, ``None`` when the connection sends none.
        video: the track of the pictures, ``None`` when it sends none.
    """

    def __init__(
        self,
        kinds: tuple[MediaKind, ...],
        fps: int,
        audio_bitrate: int | None = None,
    ) -> None:
        clock = SourceClock()
        self.playback = OutgoingAudio(clock=clock)
        self.audio = AudioSender(self.playback, audio_bitrate) if "audio" in kinds else None
        self.video = VideoSender(fps, clock) if "video" in kinds else None
        self._nowhere = NullSink(fps)
        if self.video is not None:
            self.playback.before_clear(self.video.clear)  # the picture that waits for its sound

    def tell(self, recorder: Recorder) -> None:
        """Tell ``recorder`` of all that goes out from now on."""
        self.playback.sent = recorder.sound_sent
        if self.video is not None:
            self.video.sent = recorder.picture_sent

    def track(self, kind: MediaKind) -> AudioSender | VideoSender | None:
        """Return the track of a kind, ``None`` when that is not sent."""
        return self.audio if kind == "audio" else self.video

    async def play_audio(self, audio: EmittedAudio) -> None:
        """Queue audio; it goes nowhere if this connection does not send any."""
        await (self._nowhere.play_audio if self.audio is None else self.playback.play)(audio)

    async def play_video(self, frame: EmittedVideo) -> None:
        """Show a frame; it goes nowhere if this connection does not send any."""
        await (self._nowhere.play_video if self.video is None else self.video.play)(frame)

    async def drain(self) -> None:
        """Wait until everything queued has been played."""
        await self.playback.drain()
        if self.video is not None:
            await self.video.drain()

    def repeat_picture(self) -> None:
        """Send the last picture again soon, should no other come: somebody missed it."""
        if self.video is not None:
            self.video.repeat()

    def stop(self) -> None:
        """End the tracks and everybody who waits on them."""
        for track in (self.audio, self.video):
            if track is not None:
                track.stop()
