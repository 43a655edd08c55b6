"""Receiving video: packets in, frames out, with a limit on their size and on what waits."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol

from aiortc.rtcrtpparameters import RTCRtpCodecParameters
from aiortc.rtp import RtpPacket
from av import VideoFrame

from gradio_webrtc.errors import VideoTooLargeError
from gradio_webrtc.media.video.encoded_video import (
    DEPACKETISERS,
    Codec,
    EncodedFrame,
    announced_size,
)
from gradio_webrtc.media.video.frames import FrameFormat, ImageArray, to_array
from gradio_webrtc.media.video.jitter_buffer import Progress, VideoJitterBuffer, VideoPacket
from gradio_webrtc.media.video.resolution import Resolution, exceeds
from gradio_webrtc.session.transport import TransportListener
from gradio_webrtc.transports.receiving.video_decoding import DecodingThread

logger = logging.getLogger(__name__)

SOURCE_TIMEOUT = 1.0
"""Seconds without a packet after which another source may go on with the stream."""

_CODECS: dict[str, Codec] = {"video/vp8": "VP8", "video/h264": "H264"}


class ReceivedPicture:
    """A decoded frame that becomes an array only for the handler that takes it.

    Most frames of a slow handler are replaced by newer ones; converting those would be for nothing,
    and the conversion belongs on the thread of the user's code rather than on the event loop.

    Attributes:
        frame: as it was decoded; not to be changed, since several may hold it.
        delay: seconds it was held back on its way through this process.
    """

    __slots__ = ("delay", "frame")

    def __init__(self, frame: VideoFrame, delay: float = 0.0) -> None:
        self.frame = frame
        self.delay = delay

    def to_array(self, frame_format: FrameFormat) -> ImageArray:
        """Return ``uint8`` of shape ``(height, width, 3)``, for ``"gray"`` ``(height, width)``."""
        return to_array(self.frame, frame_format)


class Feedback(Protocol):
    """How to tell the sender of losses."""

    def ask_again(self, ssrc: int, missing: list[int]) -> None:
        """Report packets as lost."""
        ...

    def ask_for_key_frame(self, ssrc: int) -> None:
        """Report that frames were lost."""
        ...


class VideoReceiver:
    """Assembles, checks and decodes one stream of video. A ``receiver.PacketSink``.

    Frames that are larger than the limit are not decoded, nor those that refer to them: the stream
    goes on with the first key frame within the limit.

    Args:
        listener: is told of frames, and of the end.
        feedback: to the sender.
        limit: the largest resolution that is decoded.
        too_large: called once, when the first frame exceeds it.
    """

    def __init__(
        self,
        listener: TransportListener,
        feedback: Feedback,
        limit: Resolution,
        too_large: Callable[[VideoTooLargeError], None],
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._listener = listener
        self._feedback = feedback
        self._limit = limit
        self._too_large: Callable[[VideoTooLargeError], None] | None = too_large
        self._codec: Codec | None = None
        self._buffer: VideoJitterBuffer | None = None
        self._decoding: DecodingThread | None = None
        self._ending: list[DecodingThread] = []
        self._ssrc = 0
        self._heard = 0.0
        self._ignoring = False
        self._ended = False
        self._timer: asyncio.TimerHandle | None = None

    def add(self, packet: RtpPacket, codec: RTCRtpCodecParameters) -> None:
        """Take one RTP packet."""
        now = self._loop.time()
        name = _CODECS.get(codec.mimeType.lower())
        if self._ended or name is None:
            return
        if self._buffer is None or (packet.ssrc, name) != (self._ssrc, self._codec):
            if self._buffer is not None and now - self._heard < SOURCE_TIMEOUT:
                return
            self._begin(packet.ssrc, name)
        assert self._buffer is not None
        self._heard = now
        try:
            data, key = DEPACKETISERS[name](packet.payload) if packet.payload else (b"", False)
        except ValueError as error:
            logger.debug("a video packet cannot be read: %s", error)
            return
        marker = bool(packet.marker)
        video = VideoPacket(packet.sequence_number, packet.timestamp, marker, data, key)
        self._handle(self._buffer.add(video, now))

    def end(self) -> None:
        """Tell the listener that no more comes, and let go of the decoder. Idempotent."""
        if self._ended:
            return
        self._ended = True
        self._cancel_timer()
        if self._decoding is not None:
            self._decoding.close()
        self._listener.on_input_ended("video")

    async def aclose(self) -> None:
        """End, and wait until the decoder's thread is gone."""
        self.end()
        for decoding in [*self._ending, *([self._decoding] if self._decoding else [])]:
            await decoding.ended()

    # -- inside ------------------------------------------------------------------------------

    def _begin(self, ssrc: int, codec: Codec) -> None:
        """Follow another source."""
        self._ssrc = ssrc
        self._buffer = VideoJitterBuffer(codec)
        if self._codec != codec:
            self._codec = codec
            if self._decoding is not None:
                self._decoding.close()
                self._ending.append(self._decoding)
            self._decoding = DecodingThread(codec, self._limit, self._deliver, self._damaged)

    def _handle(self, progress: Progress) -> None:
        buffer, decoding = self._buffer, self._decoding
        if buffer is None or decoding is None:
            return
        skipped = False
        for frame in progress.frames:
            if self._fits(frame) and not decoding.put(frame):
                skipped = True
        if skipped:
            self._damaged()
        if progress.missing:
            self._feedback.ask_again(self._ssrc, progress.missing)
        if progress.key_frame_wanted:
            self._feedback.ask_for_key_frame(self._ssrc)
        self._cancel_timer()
        deadline = buffer.deadline
        if deadline is not None and not self._ended:
            self._timer = self._loop.call_at(deadline, self._poll)

    def _fits(self, frame: EncodedFrame) -> bool:
        """Tell whether ``frame`` may be decoded, by its own size or that of the ones before it."""
        assert self._codec is not None
        size = announced_size(self._codec, frame.data)
        if size is not None:
            self._ignoring = not all(size) or exceeds(size, self._limit)
            if self._ignoring and all(size) and self._too_large is not None:
                self._too_large(VideoTooLargeError(size, self._limit))
                self._too_large = None
        return not self._ignoring

    def _poll(self) -> None:
        self._timer = None
        if self._buffer is not None:
            self._handle(self._buffer.poll(self._loop.time()))

    def _damaged(self) -> None:
        """Go on with a key frame, since what follows refers to what cannot be shown."""
        if self._buffer is not None:
            self._buffer.demand_key_frame()
            self._handle(self._buffer.poll(self._loop.time()))

    def _deliver(self, picture: VideoFrame, arrival: float) -> None:
        delay = max(0.0, self._loop.time() - arrival)
        self._listener.on_video(ReceivedPicture(picture, delay))

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
