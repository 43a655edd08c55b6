"""Encoded video frames: what is known of them before they are decoded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from gradio_webrtc.media.video import h264, vp8

Codec: TypeAlias = Literal["VP8", "H264"]

DEPACKETISERS: dict[Codec, Callable[[bytes], tuple[bytes, bool]]] = {
    "VP8": vp8.depacketise,
    "H264": h264.depacketise,
}
"""From an RTP payload to its part of a frame, and whether a key frame may begin with it."""

Size: TypeAlias = tuple[int, int]
"""Width and height in pixels."""


@dataclass(frozen=True)
class EncodedFrame:
    """One whole frame.

    Attributes:
        data: as a decoder takes it; H.264 with start codes.
        timestamp: in 90 kHz, unwrapped: it goes on growing where RTP's wraps.
        key: whether decoding can begin here.
        arrival: the monotonic time in seconds at which it was complete.
    """

    data: bytes
    timestamp: int
    key: bool
    arrival: float


def is_key(codec: Codec, data: bytes) -> bool:
    """Tell whether decoding can begin with a frame."""
    if codec == "VP8":
        return vp8.key_frame_size(data) is not None
    return h264.is_key_frame(data)


def announced_size(codec: Codec, data: bytes) -> Size | None:
    """Return the width and height that a frame sets for itself and those after it, if it does.

    ``(0, 0)`` is a damaged header, with which no frame can come.
    """
    return vp8.key_frame_size(data) if codec == "VP8" else h264.announced_size(data)
