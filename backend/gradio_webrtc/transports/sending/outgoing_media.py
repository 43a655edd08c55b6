"""What one connection sends: sound, pictures, or both in step."""

from __future__ import annotations

from gradio_webrtc.handlers.protocol import MediaKind
from gradio_webrtc.media.emitted_media import EmittedAudio, EmittedVideo
from gradio_webrtc.media.lip_sync import SourceClock
from gradio_webrtc.recording.recorder import Recorder
from gradio_webrtc.transports.sending.audio_sender import AudioSender
from gradio_webrtc.transports.sending.null_sink import NullSink
from gradio_webrtc.transports.sending.video_sender import VideoSender


class OutgoingMedia:
    """The outgoing tracks of one connection.

    Args:
        kinds: what the connection sends; nothing in mode ``"send"``.
        fps: how many pictures a second are sent at most.
        audio_bitrate: most bits per second of sound; ``None`` for our own default.
    """

    def __init__(
        self,
        kinds: tuple[MediaKind, ...],
        fps: int,
        audio_bitrate: int | None = None,
    ) -> None:
        clock = SourceClock()
        self.audio = AudioSender(clock, audio_bitrate) if "audio" in kinds else None
        self.video = VideoSender(fps, clock) if "video" in kinds else None
        self._nowhere = NullSink(fps)

    def tell(self, recorder: Recorder) -> None:
        """Tell ``recorder`` of all that goes out from now on."""
        if self.audio is not None:
            self.audio.sent = recorder.sound_sent
        if self.video is not None:
            self.video.sent = recorder.picture_sent

    def track(self, kind: MediaKind) -> AudioSender | VideoSender | None:
        """Return the track of a kind, ``None`` when that is not sent."""
        return self.audio if kind == "audio" else self.video

    async def play_audio(self, audio: EmittedAudio) -> None:
        """Queue audio; it goes nowhere if this connection does not send any."""
        await (self._nowhere.play_audio if self.audio is None else self.audio.play)(audio)

    async def play_video(self, frame: EmittedVideo) -> None:
        """Show a frame; it goes nowhere if this connection does not send any."""
        await (self._nowhere.play_video if self.video is None else self.video.play)(frame)

    async def drain(self) -> None:
        """Wait until everything queued has been played."""
        for track in self._tracks():
            await track.drain()

    def clear(self) -> None:
        """Drop queued sound and the picture that waits for its moment in it."""
        for track in self._tracks():
            track.clear()

    @property
    def played_s(self) -> float:
        """Seconds of emitted sound that went onto the wire so far."""
        return 0.0 if self.audio is None else self.audio.played_s

    def hold(self) -> None:
        """Silence the sound and keep what is queued."""
        if self.audio is not None:
            self.audio.hold()

    def release(self) -> None:
        """Let the sound go on where it stopped."""
        if self.audio is not None:
            self.audio.release()

    def repeat_picture(self) -> None:
        """Send the last picture again soon, should no other come: somebody missed it."""
        if self.video is not None:
            self.video.repeat()

    def stop(self) -> None:
        """End the tracks and everybody who waits on them."""
        for track in self._tracks():
            track.stop()

    def _tracks(self) -> list[AudioSender | VideoSender]:
        return [track for track in (self.audio, self.video) if track is not None]
