"""The video of a shared source: each frame encoded once for each codec that viewers have."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from aiortc.codecs.base import Encoder
from av import VideoFrame
from av.video.frame import PictureType

from gradio_webrtc.media.sharing.key_frame_group import KeyFrameGroup, PackedFrame
from gradio_webrtc.media.sharing.shared_bitrate import SharedBitrate
from gradio_webrtc.media.video.encoded_video import DEPACKETISERS
from gradio_webrtc.transports.media_preferences import VideoCodec
from gradio_webrtc.transports.sending.bitrate_limits import BoundedH264Encoder, BoundedVp8Encoder
from gradio_webrtc.transports.sharing.viewer import Viewer

SETTLED_SECONDS = 5.0
"""What a receiver says it can take grows from little in its first seconds; then it counts."""

_ENCODERS: dict[VideoCodec, Callable[[int], BoundedVp8Encoder | BoundedH264Encoder]] = {
    "VP8": BoundedVp8Encoder,
    "H264": BoundedH264Encoder,
}


class SharedVideo:
    """Encodes, packetises, and hands each frame to the viewers. Belongs to the event loop.

    Args:
        limit: bits per second at most, ``None`` for a default.
        repeat: has the last frame come again soon, should no other come.
    """

    def __init__(self, limit: int | None, repeat: Callable[[], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._limit = limit
        self._repeat = repeat
        self._encodings: dict[VideoCodec, _Encoding] = {}
        self._later: asyncio.TimerHandle | None = None

    @property
    def encoded(self) -> int:
        """How many frames were encoded, those of each codec counted."""
        return sum(encoding.encoded for encoding in self._encodings.values())

    def aims_at(self, codec: VideoCodec) -> int:
        """Return how many bits per second are aimed at with ``codec``."""
        return self._encoding(codec).bitrate.target

    def join(self, viewer: Viewer) -> None:
        """Bring a viewer up to date, at once or with the next frame."""
        viewer.joined = self._loop.time()
        if viewer.codec is None:
            return
        encoding = self._encoding(viewer.codec)
        recent = encoding.group.since_key(self._loop.time())
        for frame in recent:
            viewer.show(frame)
        if not recent:
            self.ask_key_frame(viewer)

    def ask_key_frame(self, viewer: Viewer) -> None:
        """Make one as soon as it may be made, also when the source shows nothing new."""
        if viewer.codec is None:
            return
        wait = self._encoding(viewer.codec).group.ask(self._loop.time())
        if wait <= 0:
            self._repeat()
        elif self._later is None:
            self._later = self._loop.call_later(wait, self._repeat_later)

    async def send(self, frame: VideoFrame, viewers: Callable[[], Iterable[Viewer]]) -> None:
        """Encode ``frame`` and hand it to those who are there then."""
        watched = {viewer.codec for viewer in viewers() if viewer.codec is not None}
        for codec, encoding in self._encodings.items():
            if codec not in watched:
                encoding.group.forget()
        for codec in sorted(watched):
            frame.pict_type = PictureType.NONE  # what the encoder before asked for stays in it
            await self._send(codec, frame, viewers)

    def stop(self) -> None:
        """Ask for nothing more. Idempotent."""
        if self._later is not None:
            self._later.cancel()

    async def _send(
        self, codec: VideoCodec, frame: VideoFrame, viewers: Callable[[], Iterable[Viewer]]
    ) -> None:
        encoding = self._encoding(codec)
        now = self._loop.time()
        estimates = [
            each.estimate
            for each in viewers()
            if each.codec == codec
            and each.estimate is not None
            and now - each.joined >= SETTLED_SECONDS
        ]
        encoding.encoder.target_bitrate = encoding.bitrate.update(estimates, now)
        packed = await encoding.pack(frame, force=encoding.group.due(now))
        if packed is None:
            return
        encoding.group.sent(packed, now)
        for viewer in viewers():
            if viewer.codec == codec:
                viewer.show(packed)

    def _encoding(self, codec: VideoCodec) -> _Encoding:
        if codec not in self._encodings:
            self._encodings[codec] = _Encoding(codec, self._limit)
        return self._encodings[codec]

    def _repeat_later(self) -> None:
        self._later = None
        self._repeat()


class _Encoding:
    """One codec's encoder and what it has made."""

    def __init__(self, codec: VideoCodec, limit: int | None) -> None:
        self._codec: VideoCodec = codec
        self._loop = asyncio.get_running_loop()
        self.bitrate = SharedBitrate(limit)
        self.encoder = _ENCODERS[codec](self.bitrate.limit)
        self.group = KeyFrameGroup()
        self.encoded = 0

    async def pack(self, frame: VideoFrame, *, force: bool) -> PackedFrame | None:
        """Encode on a thread and cut into packets; ``None`` when the encoder gives nothing."""
        encoder: Encoder = self.encoder
        run = self._loop.run_in_executor
        payloads, timestamp = await run(None, encoder.encode, frame, force)
        if not payloads:
            return None
        self.encoded += 1
        _, key = DEPACKETISERS[self._codec](payloads[0])
        return PackedFrame(tuple(payloads), timestamp, key)
