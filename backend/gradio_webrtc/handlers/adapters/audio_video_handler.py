"""An ``AudioVideoStreamHandler``, sync or async, as a session drives it."""

from __future__ import annotations

import functools

from gradio_webrtc.concurrency.wakeup import Wakeup
from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.handlers.adapters.handler_copy import UserHandler
from gradio_webrtc.handlers.adapters.stream_handler import AudioHandler
from gradio_webrtc.handlers.audio_video import (
    AsyncAudioVideoStreamHandler,
    AudioVideoStreamHandler,
)
from gradio_webrtc.handlers.emission import Emission
from gradio_webrtc.handlers.emission_parser import EmissionParser
from gradio_webrtc.handlers.invoke import call
from gradio_webrtc.handlers.protocol import MediaKind, ReceivedVideo
from gradio_webrtc.media.video.frames import FrameFormat

AUDIO_VIDEO_HANDLERS = (AudioVideoStreamHandler, AsyncAudioVideoStreamHandler)


class AudioVideoHandler(AudioHandler):
    """One connection's copy of a handler of both kinds; a ``protocol.Handler``.

    The session hands over one frame at a time, the newest, so a slow ``video_receive`` never
    has frames queue up.

    Args:
        prototype: what the author configured; never used itself, only copied.
        frame_format: what ``video_receive`` gets, and ``video_emit`` returns.
        shown: whether anybody sees what it emits.
    """

    receives: frozenset[MediaKind] = frozenset({"audio", "video"})
    emits: frozenset[MediaKind] = frozenset({"audio", "video"})

    methods = (*AudioHandler.methods, "video_receive", "video_emit")
    kinds = AUDIO_VIDEO_HANDLERS

    def __init__(
        self,
        prototype: AudioVideoStreamHandler | AsyncAudioVideoStreamHandler,
        frame_format: FrameFormat,
        *,
        shown: bool = True,
    ) -> None:
        super().__init__(prototype)
        name = f"{self._name}.video_emit"
        self._video_parser = EmissionParser(name, ("video",), frame_format, shown=shown)
        self._frame_format: FrameFormat = frame_format
        self._video_received = Wakeup()

    async def receive_video(self, frame: ReceivedVideo) -> None:
        """Run the user's ``video_receive``."""
        await call(
            _both(self._running()).video_receive,
            worker=self._workers["video_receive"],
            first=functools.partial(frame.to_array, self._frame_format),
        )
        self._video_received.set()

    async def _emit(self, kind: MediaKind) -> Emission:
        """Run the user's ``emit`` or ``video_emit`` until it returns something."""
        if kind == "audio":
            return await super()._emit(kind)
        value = await self._emit_with("video_emit", self._video_received)
        return self._video_parser.parse(value)


def _both(handler: UserHandler) -> AudioVideoStreamHandler | AsyncAudioVideoStreamHandler:
    if not isinstance(handler, AUDIO_VIDEO_HANDLERS):
        raise ConfigurationError(f"{type(handler).__name__} does not handle video.")
    return handler
