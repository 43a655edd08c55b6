"""What one connection sends: audio, video, or both in step."""

from __future__ import annotations

from gradio_webrtc.handlers.protocol import MediaKind
from gradio_webrtc.media.lip_sync import SourceClock
from gradio_webrtc.media.outgoing_audio import OutgoingAudio
from gradio_webrtc.media.video.rate_limiter import FrameRate
from gradio_webrtc.recording.recorder import Recorder
from gradio_webrtc.transports.sending.audio_sender import AudioSender
from gradio_webrtc.transports.sending.null_sink import NullAudio, NullVideo
from gradio_webrtc.transports.sending.video_sender import VideoSender


class OutgoingMedia:
    """What one connection plays, and the outgoing tracks that carry it.

    Args:
        kinds: what the connection sends; nothing in mode ``"send"``.
        rate: how many frames a second are sent at most.
        recorder: is told of all that goes out.
        audio_bitrate: most bits per second of audio; ``None`` for our own default.

    Attributes:
        playback: the audio; nothing is queued there when the connection sends none.
        audio: its track, ``None`` when the connection sends none.
        video: the track of the video, ``None`` when it sends none.
        audio_sink: plays emitted audio; it goes nowhere when the connection sends none.
        video_sink: the same for frames.
    """

    def __init__(
        self,
        kinds: tuple[MediaKind, ...],
        rate: FrameRate,
        recorder: Recorder,
        audio_bitrate: int | None = None,
    ) -> None:
        clock = SourceClock()
        self.playback = OutgoingAudio(clock=clock, sent=recorder.audio_sent)
        self.audio = AudioSender(self.playback, audio_bitrate) if "audio" in kinds else None
        self.video = VideoSender(rate, clock, recorder.video_sent) if "video" in kinds else None
        self.audio_sink = NullAudio() if self.audio is None else self.playback
        self.video_sink = NullVideo(rate) if self.video is None else self.video
        if self.video is not None:
            self.playback.before_clear(self.video.clear)  # the frame that waits for its audio

    def track(self, kind: MediaKind) -> AudioSender | VideoSender | None:
        """Return the track of a kind, ``None`` when that is not sent."""
        return self.audio if kind == "audio" else self.video

    async def drain(self) -> None:
        """Wait until everything queued has been played."""
        await self.playback.drain()
        if self.video is not None:
            await self.video.drain()

    def repeat_picture(self) -> None:
        """Send the last frame again soon, should no other come: somebody missed it."""
        if self.video is not None:
            self.video.repeat()

    def stop(self) -> None:
        """End the tracks and everybody who waits on them."""
        for track in (self.audio, self.video):
            if track is not None:
                track.stop()
