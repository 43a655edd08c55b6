"""Published as ``fastrtc.tracks``."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, TypeAlias

from gradio_webrtc.compat.replaced import replaced
from gradio_webrtc.handlers.adapters.as_handler import UserCode as HandlerType
from gradio_webrtc.handlers.audio_video import AsyncAudioVideoStreamHandler, AudioVideoStreamHandler
from gradio_webrtc.handlers.base import AsyncStreamHandler, StreamHandler, StreamHandlerBase
from gradio_webrtc.handlers.emitted import AudioEmitType, VideoEmitType
from gradio_webrtc.handlers.video import VideoStreamHandler
from gradio_webrtc.media.video.frames import ImageArray as VideoNDArray

__all__ = [
    "AsyncAudioVideoStreamHandler",
    "AsyncHandler",
    "AsyncStreamHandler",
    "AudioEmitType",
    "AudioVideoStreamHandler",
    "AudioVideoStreamHandlerImpl",
    "EmitType",
    "HandlerType",
    "StreamHandler",
    "StreamHandlerBase",
    "StreamHandlerImpl",
    "VideoEmitType",
    "VideoEventGenerator",
    "VideoEventHandler",
    "VideoNDArray",
    "VideoStreamHandler",
    "VideoStreamHandlerImpl",
]

EmitType: TypeAlias = AudioEmitType
VideoEventGenerator: TypeAlias = Generator[VideoEmitType, None, None]
VideoEventHandler: TypeAlias = Callable[..., Any]
StreamHandlerImpl: TypeAlias = StreamHandler | AsyncStreamHandler
VideoStreamHandlerImpl: TypeAlias = AudioVideoStreamHandler | AsyncAudioVideoStreamHandler
AudioVideoStreamHandlerImpl: TypeAlias = VideoStreamHandlerImpl
AsyncHandler: TypeAlias = AsyncStreamHandler | AsyncAudioVideoStreamHandler

TRACK = (
    "a session calls its handler itself, without tracks in between. Subclass a stream handler, or "
    "pass a function to Stream or WebRTC.stream()."
)

TRACKS = dict.fromkeys(
    (
        "AudioCallback",
        "ServerToClientAudio",
        "ServerToClientVideo",
        "VideoCallback",
        "VideoStreamHander",
        "VideoStreamHandler_",
    ),
    TRACK,
)

__getattr__ = replaced("tracks", TRACKS)
