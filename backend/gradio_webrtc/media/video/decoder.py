"""Decoding received video, whose size is known before."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import av

from gradio_webrtc.media.video.encoded_video import Codec, EncodedFrame, Size
from gradio_webrtc.media.video.rtp_clock import VIDEO_CLOCK_RATE

_DECODERS: dict[Codec, str] = {"VP8": "libvpx", "H264": "h264"}
_TIME_BASE = Fraction(1, VIDEO_CLOCK_RATE)
_MARGIN = 64 * 1024
"""Pixels; decoders count whole macroblocks."""


class VideoDecoder:
    """One stream's decoder. Not thread-safe; releases the interpreter while it decodes.

    Args:
        codec: of the stream.
        limit: a frame of a larger area is refused by the decoder itself, before it makes room.
    """

    def __init__(self, codec: Codec, limit: Size) -> None:
        self._context: Any = av.CodecContext.create(_DECODERS[codec], "r")
        self._context.options = {"max_pixels": str(limit[0] * limit[1] + _MARGIN)}

    def decode(self, frame: EncodedFrame) -> list[av.VideoFrame]:
        """Return the decoded frames that an encoded one completes, mostly one.

        Raises:
            av.FFmpegError: the frame is damaged.
        """
        packet = av.Packet(frame.data)
        packet.pts = frame.timestamp
        packet.time_base = _TIME_BASE
        pictures: list[av.VideoFrame] = self._context.decode(packet)
        return pictures
