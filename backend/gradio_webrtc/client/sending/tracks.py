"""What a client sends, as tracks of aiortc."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from fractions import Fraction

from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av import AudioFrame, VideoFrame

from gradio_webrtc.client.sending.audio_line import AudioLine, Metronome
from gradio_webrtc.client.sending.sources import VideoToSend, video_frames
from gradio_webrtc.media.video.frames import checked_picture, to_frame

CLOCK = 90_000


class LineTrack(MediaStreamTrack):
    """Sends an ``AudioLine``."""

    kind = "audio"

    def __init__(self, line: AudioLine) -> None:
        super().__init__()
        self._line = line
        self._metronome: Metronome | None = None
        self._pts = 0

    async def recv(self) -> AudioFrame:
        """Return the next 20 ms when they are due; called by aiortc's sender."""
        if self.readyState != "live":
            raise MediaStreamError
        if self._metronome is None:
            self._metronome = Metronome()
        now = await self._metronome.tick()
        frame = AudioFrame.from_ndarray(self._line.frame(now), "s16", "mono")
        frame.sample_rate = self._line.sample_rate
        frame.time_base = Fraction(1, self._line.sample_rate)
        frame.pts = self._pts
        self._pts += frame.samples
        return frame


class VideoTrack(MediaStreamTrack):
    """Sends the newest pictures of a source at their times; another source may follow.

    Args:
        fps: how many a second are sent at most.
    """

    kind = "video"

    def __init__(self, fps: float) -> None:
        super().__init__()
        self._fps = fps
        self._frames: asyncio.Queue[VideoFrame] = asyncio.Queue(1)
        self._started: float | None = None

    async def show(self, source: VideoToSend) -> None:
        """Send all pictures of ``source``, then return.

        Raises:
            MediaFileError: a file cannot be read.
            MediaFormatError: something is no picture.
        """
        loop = asyncio.get_running_loop()
        began: float | None = None
        async with aclosing(video_frames(source, self._fps)) as frames:
            async for picture, time in frames:
                began = loop.time() if began is None else began
                if time is not None:
                    await asyncio.sleep(began + time - loop.time())
                await self._frames.put(to_frame(*checked_picture(picture, "rgb24")))

    async def recv(self) -> VideoFrame:
        """Return the next picture; called by aiortc's sender."""
        if self.readyState != "live":
            raise MediaStreamError
        loop = asyncio.get_running_loop()
        frame = await self._frames.get()
        now = loop.time()
        self._started = now if self._started is None else self._started
        frame.pts = round((now - self._started) * CLOCK)
        frame.time_base = Fraction(1, CLOCK)
        return frame
