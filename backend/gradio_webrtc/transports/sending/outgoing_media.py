"""What one connection sends: audio, video, or both in step."""

from __future__ import annotations

import asyncio
from typing import Protocol

from aiortc import RTCRtpTransceiver
from aiortc.mediastreams import MediaStreamTrack

from gradio_webrtc.concurrency.loop_clock import loop_clock
from gradio_webrtc.handlers.protocol import MediaKind
from gradio_webrtc.media.emitted_media import EmittedAudio, EmittedVideo
from gradio_webrtc.media.lip_sync import SourceClock
from gradio_webrtc.media.outgoing_audio import OutgoingAudio
from gradio_webrtc.media.video.sending.rate_limiter import FrameRate
from gradio_webrtc.recording.recorder import Recorder
from gradio_webrtc.transports.aiortc_internals.sending import (
    negotiated_codecs,
    own_sender,
    set_encoder,
)
from gradio_webrtc.transports.media_preferences import MediaPreferences
from gradio_webrtc.transports.sending.audio_sender import AudioSender
from gradio_webrtc.transports.sending.bitrate_limits import BoundedEncoder, limit_sender
from gradio_webrtc.transports.sending.null_sink import NullAudio, NullVideo
from gradio_webrtc.transports.sending.paced_sender import pace_packets
from gradio_webrtc.transports.sending.red_opus import ReadyOpus, RedOpus
from gradio_webrtc.transports.sending.video_sender import VideoSender

DEFAULTS = MediaPreferences()


def takes_opus(transceiver: RTCRtpTransceiver) -> bool:
    """Whether Opus was agreed on."""
    codecs = negotiated_codecs(transceiver)
    return bool(codecs) and codecs[0].mimeType.lower() == "audio/opus"


class AudioSink(Protocol):
    """Where emitted audio goes."""

    async def play(self, audio: EmittedAudio, /) -> None:
        """Play it, or wait as long as that would take."""
        ...


class VideoSink(Protocol):
    """Where emitted frames go."""

    async def play(self, frame: EmittedVideo, /) -> None:
        """Show it, or wait until the next one may be shown."""
        ...


class Outgoing(Protocol):
    """What one peer connection sends, wherever it comes from.

    Attributes:
        playback: the audio, for whoever takes turns.
        audio_sink: plays emitted audio.
        video_sink: shows emitted frames.
    """

    playback: OutgoingAudio
    audio_sink: AudioSink
    video_sink: VideoSink

    def track(self, kind: MediaKind) -> MediaStreamTrack | None:
        """Return the track of a kind, ``None`` when that is not sent."""
        ...

    def negotiated(
        self, transceiver: RTCRtpTransceiver, *, copies: bool, red: int | None = None
    ) -> None:
        """Both sides have agreed on a codec for ``transceiver``.

        Args:
            transceiver: one that may have a track of this.
            copies: whether the client decodes lost Opus from the copy that it makes of a packet.
            red: the payload type under which the client takes packets again with the next ones.
        """
        ...

    def lost(self, kind: MediaKind, fraction: float, now: float) -> None:
        """The client reported which part of the packets it lost; ``now`` in monotonic seconds."""
        ...

    async def drain(self) -> None:
        """Wait until everything queued has been sent."""
        ...

    def repeat_picture(self) -> None:
        """Somebody missed a frame: a key frame is needed soon."""
        ...

    def stop(self) -> None:
        """End the tracks and everybody who waits on them."""
        ...


class OutgoingMedia:
    """What one connection plays, and the outgoing tracks that carry it. An :class:`Outgoing`.

    Args:
        kinds: what the connection sends; nothing in mode ``"send"``.
        rate: how many frames a second are sent at most.
        recorder: is told of all that goes out.
        preferences: bitrates.

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
        preferences: MediaPreferences = DEFAULTS,
    ) -> None:
        self._video_bitrate = preferences.video_bitrate
        self._encoder: BoundedEncoder | None = None
        clock = SourceClock()
        self.playback = OutgoingAudio(clock=clock, sent=recorder.audio_sent)
        bitrate = preferences.audio_bitrate
        self.audio = AudioSender(self.playback, bitrate) if "audio" in kinds else None
        self.video = VideoSender(rate, clock, recorder.video_sent) if "video" in kinds else None
        self.audio_sink: AudioSink = NullAudio() if self.audio is None else self.playback
        self.video_sink: VideoSink = NullVideo(rate) if self.video is None else self.video
        if self.video is not None:
            self.playback.before_clear(self.video.clear)  # the frame that waits for its audio

    def track(self, kind: MediaKind) -> AudioSender | VideoSender | None:
        """Return the track of a kind, ``None`` when that is not sent."""
        return self.audio if kind == "audio" else self.video

    def negotiated(
        self, transceiver: RTCRtpTransceiver, *, copies: bool, red: int | None = None
    ) -> None:
        """Encode as both sides have agreed, within the bitrates."""
        if transceiver.kind == "audio" and self.audio is not None:
            if takes_opus(transceiver):
                again = None if red is None else RedOpus(transceiver, red)
                self.audio.use_opus(copies=copies, red=again)
                set_encoder(transceiver.sender, again or ReadyOpus())
        elif transceiver.kind == "video" and self.video is not None:
            clock = loop_clock(asyncio.get_running_loop())
            self._encoder = limit_sender(transceiver, self._video_bitrate, clock)
            if self._encoder is not None:
                # Key frames that are asked for wait too: what is in front of them has to go first.
                self._encoder.limit_key_frames()
                pace_packets(own_sender(transceiver), self._encoder.pacing_rate)

    def lost(self, kind: MediaKind, fraction: float, now: float) -> None:
        """Send copies of audio while much of it is lost, and less video."""
        if kind == "audio" and self.audio is not None:
            self.audio.lost(fraction, now)
        elif kind == "video" and self._encoder is not None:
            self._encoder.lost(fraction)

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
