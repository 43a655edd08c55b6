"""The video of a shared source: each frame encoded once for each codec that viewers have.

It is encoded a second time, with fewer bits, while some of them cannot follow the others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from functools import partial

from aiortc.codecs.base import Encoder
from av import VideoFrame
from av.video.frame import PictureType

from gradio_webrtc.media.sharing.key_frame_group import KeyFrameGroup, PackedFrame
from gradio_webrtc.media.sharing.quality import Qualities, Quality
from gradio_webrtc.media.sharing.reception import Reception
from gradio_webrtc.media.video.encoded_video import DEPACKETISERS
from gradio_webrtc.transports.media_preferences import VideoCodec
from gradio_webrtc.transports.sending.bitrate_limits import BoundedH264Encoder, BoundedVp8Encoder
from gradio_webrtc.transports.sharing.viewer import Viewer

SETTLED_SECONDS = 5.0
"""What a receiver says it can take grows from little in its first seconds; then it counts. Heavy
losses count at once."""

PICTURE_IDS = 1 << 15
"""How many there are in VP8 (RFC 7741, section 4.2)."""

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
        self._codecs: dict[VideoCodec, _Encodings] = {}
        self._later: asyncio.TimerHandle | None = None

    @property
    def encoded(self) -> int:
        """How many frames were encoded, those of each codec and quality counted."""
        return sum(encodings.encoded for encodings in self._codecs.values())

    def aims_at(self, codec: VideoCodec, quality: Quality = "full") -> int:
        """Return how many bits per second are aimed at."""
        return self._encodings(codec).aims_at(quality)

    def join(self, viewer: Viewer) -> None:
        """Bring a viewer up to date, at once or with the next frame."""
        viewer.joined = self._loop.time()
        viewer.quality = viewer.wanted = "full"
        if viewer.codec is None:
            return
        recent = self._encodings(viewer.codec).of("full").group.since_key(self._loop.time())
        for frame in recent:
            viewer.show(frame)
        if not recent:
            self.ask_key_frame(viewer)

    def ask_key_frame(self, viewer: Viewer) -> None:
        """Make one as soon as it may be made, also when the source shows nothing new."""
        if viewer.codec is None:
            return
        encoding = self._encodings(viewer.codec).of(viewer.wanted)
        wait = encoding.group.ask(self._loop.time())
        if wait <= 0:
            self._repeat()
        elif self._later is None:
            self._later = self._loop.call_later(wait, self._repeat_later)

    async def send(self, frame: VideoFrame, viewers: Callable[[], Iterable[Viewer]]) -> None:
        """Encode ``frame`` and hand it to those who are there then."""
        watched = {viewer.codec for viewer in viewers() if viewer.codec is not None}
        for codec, encodings in self._codecs.items():
            if codec not in watched:
                encodings.keep(set())
        for codec in sorted(watched):
            encodings = self._encodings(codec)
            for viewer in encodings.sort(_with(codec, viewers)):
                self.ask_key_frame(viewer)
            await encodings.send(frame, partial(_with, codec, viewers))
            for viewer in _with(codec, viewers):
                encodings.tell(viewer)

    def stop(self) -> None:
        """Ask for nothing more. Idempotent."""
        if self._later is not None:
            self._later.cancel()

    def _encodings(self, codec: VideoCodec) -> _Encodings:
        if codec not in self._codecs:
            self._codecs[codec] = _Encodings(codec, self._limit)
        return self._codecs[codec]

    def _repeat_later(self) -> None:
        self._later = None
        self._repeat()


def _with(codec: VideoCodec, viewers: Callable[[], Iterable[Viewer]]) -> list[Viewer]:
    return [viewer for viewer in viewers() if viewer.codec == codec]


class _Encodings:
    """What is made in one codec: one encoding, and one of fewer bits while somebody needs it."""

    def __init__(self, codec: VideoCodec, limit: int | None) -> None:
        self._codec: VideoCodec = codec
        self._loop = asyncio.get_running_loop()
        self._qualities = Qualities(limit)
        self._made: dict[Quality, _Encoding] = {}
        self._picture_id = 0
        self.encoded = 0

    def aims_at(self, quality: Quality) -> int:
        """Return how many bits per second are aimed at."""
        qualities = self._qualities
        return (qualities.full if quality == "full" else qualities.reduced).target

    def of(self, quality: Quality) -> _Encoding:
        """Return the encoding of a quality."""
        if quality not in self._made:
            self._made[quality] = _Encoding(self._codec, self._qualities.full.limit)
        return self._made[quality]

    def sort(self, viewers: Iterable[Viewer]) -> list[Viewer]:
        """Decide who gets which quality, and its bits; return whose has changed."""
        now = self._loop.time()  # which is ``time.monotonic``, the clock of receivers' reports
        settled = {
            viewer.reception: viewer
            for viewer in viewers
            if now - viewer.joined >= SETTLED_SECONDS or viewer.reception.lossy(now)
        }
        has: dict[Reception, Quality] = {each: viewer.wanted for each, viewer in settled.items()}
        chosen = self._qualities.choose(has, now)
        self._qualities.aim(chosen, now)
        changed = []
        for reception, quality in chosen.items():
            if quality != settled[reception].wanted:
                settled[reception].wanted = quality
                changed.append(settled[reception])
        return changed

    def tell(self, viewer: Viewer) -> None:
        """Let a viewer's reception know which bitrate its losses tell of."""
        viewer.reception.sent = self.aims_at(viewer.quality)

    def keep(self, qualities: set[Quality]) -> None:
        """Forget what nobody is sent any more."""
        for quality in [each for each in self._made if each not in qualities]:
            if quality == "reduced":
                del self._made[quality]
            else:
                self._made[quality].group.forget()

    async def send(self, frame: VideoFrame, viewers: Callable[[], Iterable[Viewer]]) -> None:
        """Encode ``frame`` in the qualities that are needed, and hand it to the viewers."""
        needed = {quality for each in viewers() for quality in (each.quality, each.wanted)}
        self.keep(needed)
        full = await self._pack(frame, "full") if "full" in needed else None
        leaving = []
        for viewer in viewers():
            if viewer.quality == "full" != viewer.wanted:
                leaving.append(viewer)  # with the first key frame of the other
            elif full is not None and (viewer.quality == "full" or _turns(viewer, "full", full)):
                viewer.show(full)
        reduced = await self._pack(frame, "reduced") if "reduced" in needed else None
        for viewer in viewers():
            if reduced is not None and (
                viewer.quality == "reduced" or _turns(viewer, "reduced", reduced)
            ):
                viewer.show(reduced)
            elif full is not None and viewer in leaving:
                viewer.show(full)
        self._picture_id = (self._picture_id + 1) % PICTURE_IDS

    async def _pack(self, frame: VideoFrame, quality: Quality) -> PackedFrame | None:
        encoding, now = self.of(quality), self._loop.time()
        frame.pict_type = PictureType.NONE  # what the encoder before asked for stays in it
        if isinstance(encoding.encoder, BoundedVp8Encoder):
            # Frames name the one before: to a viewer both qualities are one row of frames.
            encoding.encoder.picture_id = self._picture_id
        encoding.encoder.target_bitrate = self.aims_at(quality)
        packed = await encoding.pack(frame, force=encoding.group.due(now))
        if packed is not None:
            self.encoded += 1
            encoding.group.sent(packed, now)
        return packed


def _turns(viewer: Viewer, to: Quality, frame: PackedFrame) -> bool:
    """Whether ``viewer`` changes to the quality ``to`` with ``frame``; change it."""
    if viewer.wanted != to or not frame.key:
        return False
    viewer.quality = to
    return True


class _Encoding:
    """One encoder and what it has made."""

    def __init__(self, codec: VideoCodec, limit: int) -> None:
        self._codec: VideoCodec = codec
        self._loop = asyncio.get_running_loop()
        self.encoder = _ENCODERS[codec](limit)
        self.group = KeyFrameGroup()

    async def pack(self, frame: VideoFrame, *, force: bool) -> PackedFrame | None:
        """Encode on a thread and cut into packets; ``None`` when the encoder gives nothing."""
        encoder: Encoder = self.encoder
        run = self._loop.run_in_executor
        payloads, timestamp = await run(None, encoder.encode, frame, force)
        if not payloads:
            return None
        _, key = DEPACKETISERS[self._codec](payloads[0])
        return PackedFrame(tuple(payloads), timestamp, key)
