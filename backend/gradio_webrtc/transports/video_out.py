"""The outgoing video track: the newest picture user code emitted, stamped with real time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av import VideoFrame

from gradio_webrtc.media.clock import VIDEO_CLOCK_RATE, VideoClock
from gradio_webrtc.media.video import FrameFormat, to_frame
from gradio_webrtc.transports.wakeup import Wakeup

TIME_BASE = Fraction(1, VIDEO_CLOCK_RATE)


class VideoOut(MediaStreamTrack):
    """Sends each picture once, as soon as the encoder is free.

    ``play`` waits until the encoder took the picture before, so whoever feeds the track is slowed
    down to what the encoder can do and nothing queues up.
    """

    kind = "video"

    def __init__(
        self, frame_format: FrameFormat, sent: Callable[[VideoFrame], None] | None = None
    ) -> None:
        """Take pictures in ``frame_format``; tell ``sent`` of each as it goes out."""
        super().__init__()
        self._sent = sent
        self._event_loop = asyncio.get_running_loop()
        self._format = frame_format
        self._clock = VideoClock()
        self._next: VideoFrame | None = None
        self._news = Wakeup()
        self._space = Wakeup()

    async def play(self, picture: Any) -> None:
        """Queue one emitted picture.

        Raises:
            MediaFormatError: ``picture`` is not a picture.
        """
        # aiortc's encoders run on the same executor; user code never does, so none can block it.
        frame = await self._event_loop.run_in_executor(None, to_frame, picture, self._format)
        while self._next is not None and self.readyState == "live":
            await self._space.wait()
        self._next = frame
        self._news.set()

    async def drain(self) -> None:
        """Wait until the last picture has gone to the encoder."""
        while self._next is not None and self.readyState == "live":
            await self._space.wait()

    async def recv(self) -> VideoFrame:
        """Return the next picture; called by aiortc's sender."""
        while self._next is None and self.readyState == "live":
            await self._news.wait()
        if self.readyState != "live" or self._next is None:
            raise MediaStreamError
        frame, self._next = self._next, None
        frame.pts = self._clock.pts(self._event_loop.time())
        frame.time_base = TIME_BASE
        self._space.set()
        if self._sent is not None:
            self._sent(frame)
        return frame

    def stop(self) -> None:
        """End the track and everybody who waits on it."""
        super().stop()
        self._news.set()
        self._space.set()
