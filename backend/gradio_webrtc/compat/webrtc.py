"""Published as ``fastrtc.webrtc``; before that the handlers were in it too."""

from __future__ import annotations

from gradio_webrtc.compat.replaced import replaced
from gradio_webrtc.compat.tracks import (
    TRACKS,
    AsyncAudioVideoStreamHandler,
    AsyncHandler,
    AsyncStreamHandler,
    AudioEmitType,
    AudioVideoStreamHandler,
    AudioVideoStreamHandlerImpl,
    EmitType,
    StreamHandler,
    StreamHandlerBase,
    StreamHandlerImpl,
    VideoEmitType,
    VideoEventHandler,
    VideoStreamHandlerImpl,
)
from gradio_webrtc.component import WebRTC

__all__ = [
    "AsyncAudioVideoStreamHandler",
    "AsyncHandler",
    "AsyncStreamHandler",
    "AudioEmitType",
    "AudioVideoStreamHandler",
    "AudioVideoStreamHandlerImpl",
    "EmitType",
    "StreamHandler",
    "StreamHandlerBase",
    "StreamHandlerImpl",
    "VideoEmitType",
    "VideoEventHandler",
    "VideoStreamHandlerImpl",
    "WebRTC",
]

__getattr__ = replaced("webrtc", TRACKS)
