"""What one peer connection sends of a shared source: frames that are packed already."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from aiortc import RTCRtpTransceiver
from aiortc.codecs.base import Encoder
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av import AudioFrame
from av.frame import Frame

from gradio_webrtc.concurrency.token_bucket import TokenBucket
from gradio_webrtc.handlers.protocol import MediaKind
from gradio_webrtc.media.audio.pacer import Frame as PacedFrame
from gradio_webrtc.media.outgoing_audio import OutgoingAudio
from gradio_webrtc.media.sharing.key_frame_group import PackedFrame
from gradio_webrtc.media.video.sending.rate_limiter import MOST
from gradio_webrtc.transports.aiortc_internals.sending import (
    negotiated_codecs,
    own_sender,
    set_encoder,
)
from gradio_webrtc.transports.media_preferences import VideoCodec
from gradio_webrtc.transports.sending.audio_redundancy import LossReports
from gradio_webrtc.transports.sending.audio_sender import audio_frame
from gradio_webrtc.transports.sending.null_sink import NullAudio, NullVideo
from gradio_webrtc.transports.sending.outgoing_media import AudioSink, VideoSink, takes_opus
from gradio_webrtc.transports.sending.paced_sender import pace_packets
from gradio_webrtc.transports.sending.red_opus import RedOpus
from gradio_webrtc.transports.sharing.viewer import Lane, Viewer

_CODECS: dict[str, VideoCodec] = {"video/vp8": "VP8", "video/h264": "H264"}


KEY_FRAMES_AT_ONCE = 3
KEY_FRAMES_PER_SECOND = 0.5
"""How often one viewer's reports of loss are heard: each key frame costs all viewers some of their
quality. Browsers repeat what they ask for until they can go on."""


class PackedEncoder(Encoder):
    """The encoder of a sender whose track hands out packed frames.

    What the receiver says it can take, which aiortc tells encoders, is noted for the source.
    """

    def __init__(self, viewer: Viewer) -> None:
        super().__init__()
        self._viewer = viewer

    @property
    def target_bitrate(self) -> int:
        """Bits per second that the receiver can take; 0 before it said so."""
        return self._viewer.reception.estimate or 0

    @target_bitrate.setter
    def target_bitrate(self, bitrate: int) -> None:
        self._viewer.reception.estimated(bitrate, time.monotonic())

    def encode(self, frame: Frame, force_keyframe: bool = False) -> tuple[list[bytes], int]:
        """Is never asked."""
        raise NotImplementedError

    def pack(self, packet: Any) -> tuple[list[bytes], int]:
        """Return a packed frame's payloads and time."""
        assert isinstance(packet, PackedFrame)
        return list(packet.payloads), packet.timestamp


class PackedRedOpus(RedOpus):
    """The same for packed Opus, with copies of the packets before while this viewer loses some."""

    def pack(self, packet: Any) -> tuple[list[bytes], int]:
        """Return a packed frame's payload and time."""
        assert isinstance(packet, PackedFrame)
        return self.with_copies(packet.payloads[0], packet.timestamp)


class LaneTrack(MediaStreamTrack):
    """Hands to aiortc what waits for a viewer."""

    def __init__(
        self, kind: MediaKind, lane: Lane[PackedFrame] | Lane[PackedFrame | PacedFrame]
    ) -> None:
        super().__init__()
        self.kind = kind
        self._lane = lane

    async def recv(self) -> PackedFrame | AudioFrame:  # type: ignore[override]
        """Return the next frame; aiortc gives what is no frame of PyAV's to its encoder's pack."""
        item = await self._lane.next() if self.readyState == "live" else None
        if item is None:
            raise MediaStreamError
        return item if isinstance(item, PackedFrame) else audio_frame(item)

    def stop(self) -> None:
        """End the track and whoever waits on it."""
        super().stop()
        self._lane.end()


class ViewerMedia:
    """The tracks of one viewer. Implements ``transports.sending.outgoing_media.Outgoing``.

    Args:
        viewer: whose lanes are sent; it learns here what this connection takes.
        kinds: what the connection sends.

    Attributes:
        playback: is silent: what is heard is the source's.
    """

    def __init__(self, viewer: Viewer, kinds: tuple[MediaKind, ...]) -> None:
        viewer.packed = True
        self._viewer = viewer
        self._loop = asyncio.get_running_loop()
        self._losses: LossReports | None = None
        self._red: PackedRedOpus | None = None
        self._asking = TokenBucket(KEY_FRAMES_AT_ONCE, KEY_FRAMES_PER_SECOND)
        self._tracks: dict[MediaKind, LaneTrack] = {}
        if "audio" in kinds:
            self._tracks["audio"] = LaneTrack("audio", viewer.audio)
        if "video" in kinds:
            self._tracks["video"] = LaneTrack("video", viewer.video)
        self.playback = OutgoingAudio()
        self.audio_sink: AudioSink = NullAudio()
        self.video_sink: VideoSink = NullVideo(MOST)

    def track(self, kind: MediaKind) -> MediaStreamTrack | None:
        """Return the track of a kind, ``None`` when that is not sent."""
        return self._tracks.get(kind)

    def negotiated(
        self, transceiver: RTCRtpTransceiver, *, copies: bool, red: int | None = None
    ) -> None:
        """Take what both sides have agreed on.

        Opus' copies are the source's, for all who take them; packets that are sent again this
        viewer's own.
        """
        viewer, codecs = self._viewer, negotiated_codecs(transceiver)
        if transceiver.kind == "video":
            viewer.codec = _CODECS.get(codecs[0].mimeType.lower()) if codecs else None
            pace_packets(own_sender(transceiver), viewer.reception.pacing_rate)
        elif not takes_opus(transceiver):
            viewer.audio_form = "samples"  # G.711, by an encoder of its own
            return
        else:
            viewer.audio_form = "opus"
            self._losses = LossReports() if copies or red is not None else None
            if red is not None:
                self._red = PackedRedOpus(transceiver, red)
        encoder = self._red if transceiver.kind == "audio" else None
        set_encoder(transceiver.sender, encoder or PackedEncoder(viewer))

    def lost(self, kind: MediaKind, fraction: float, now: float) -> None:
        """Send audio again, or note whether copies would help this viewer, and less video."""
        if kind == "video":
            self._viewer.reception.lost(fraction, now)
        elif self._losses is None:
            return
        elif self._red is not None:
            self._red.copies = self._losses.copies(fraction, now)
        else:
            self._viewer.loses_audio = self._losses.lossy(fraction, now)

    async def drain(self) -> None:
        """Wait until what waits for this viewer has been sent."""
        await self._viewer.sent()

    def repeat_picture(self) -> None:
        """Ask the source for a key frame: this viewer missed something."""
        if self._asking.take(1, self._loop.time()):
            self._viewer.ask_key_frame(self._viewer)

    def stop(self) -> None:
        """End the tracks."""
        for track in self._tracks.values():
            track.stop()
