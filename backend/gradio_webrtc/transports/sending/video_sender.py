"""The outgoing video track: what user code emitted, each frame at its moment."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from fractions import Fraction

from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av import VideoFrame

from gradio_webrtc.concurrency.wakeup import Wakeup
from gradio_webrtc.media.emitted_media import EmittedVideo
from gradio_webrtc.media.lip_sync import SourceClock, VideoTimer
from gradio_webrtc.media.video.frames import to_frame
from gradio_webrtc.media.video.rtp_clock import VIDEO_CLOCK_RATE, VideoClock
from gradio_webrtc.media.video.sending.rate_limiter import MOST, FrameRate, FrameRateLimiter

logger = logging.getLogger(__name__)

TIME_BASE = Fraction(1, VIDEO_CLOCK_RATE)

REPEAT_SECONDS = 0.1
"""How long a key frame that was asked for waits for a frame to be made of."""


class VideoSender(MediaStreamTrack):
    """Sends each frame once: at its time if it says one, else at most ``rate`` a second.

    ``play`` returns when the encoder has taken the frame and the next one may be shown, so
    whoever feeds the track is slowed down to that and nothing queues up: a function that is called
    with the newest frame is called when its result can be shown.

    Args:
        rate: how many frames without a time are shown a second at most, evenly.
        clock: where the source of timed frames is; the audio of the same connection drives it.
        sent: called with each frame as it goes to the encoder, for recordings.
    """

    kind = "video"

    def __init__(
        self,
        rate: FrameRate = MOST,
        clock: SourceClock | None = None,
        sent: Callable[[VideoFrame], None] = lambda _: None,
    ) -> None:
        super().__init__()
        self._event_loop = asyncio.get_running_loop()
        self._clock = VideoClock()
        self._limiter = FrameRateLimiter(rate)
        self._timed_limiter = FrameRateLimiter(MOST)
        self._timer = VideoTimer(clock or SourceClock())
        self._cleared = 0
        self._next: VideoFrame | None = None
        self._last: VideoFrame | None = None
        self._repeat_at: float | None = None
        self._encoding = False
        self._news = Wakeup()
        self._space = Wakeup()
        self._sent = sent

    async def play(self, video: EmittedVideo) -> None:
        """Show one emitted frame when it is due."""
        if video.time is not None:
            await self._play_timed(video, video.time)
            return
        frame = await self._converted(video)
        await self._rest(self._limiter)
        await self._hand_over(frame, self._limiter)
        await self._rest(self._limiter)

    async def _play_timed(self, video: EmittedVideo, time: float) -> None:
        cleared = self._cleared
        self._timer.arrived(time, self._event_loop.time())
        frame = await self._converted(video)
        while self.readyState == "live" and cleared == self._cleared:
            wait = self._timer.wait(time, self._event_loop.time())
            if wait == 0.0:
                await self._rest(self._timed_limiter)
                await self._hand_over(frame, self._timed_limiter)
                self._timer.shown(self._event_loop.time())
            if not wait:
                break
            await self._space.wait(wait)
        self._timer.asked(self._event_loop.time())

    async def _converted(self, video: EmittedVideo) -> VideoFrame:
        # aiortc's encoders run on the same executor; user code never does, so none can block it.
        run = self._event_loop.run_in_executor
        return await run(None, to_frame, video.picture, video.frame_format)

    async def _rest(self, limiter: FrameRateLimiter) -> None:
        """Wait until ``limiter`` allows the next frame."""
        while self.readyState == "live":
            seconds = limiter.wait(self._event_loop.time())
            if seconds <= 0:
                return
            await self._space.wait(seconds)

    async def _hand_over(self, frame: VideoFrame, limiter: FrameRateLimiter) -> None:
        """Give ``frame`` to the encoder as soon as that is free."""
        self._next = frame
        self._news.set()
        while self._next is not None and self.readyState == "live":
            await self._space.wait()
        limiter.shown(self._event_loop.time())

    def clear(self) -> None:
        """Drop a timed frame that waits for its moment: the audio it belongs to was dropped."""
        self._cleared += 1
        self._space.set()

    async def drain(self) -> None:
        """Wait until the last frame has been encoded and sent."""
        while (self._next is not None or self._encoding) and self.readyState == "live":
            await self._space.wait()

    def repeat(self) -> None:
        """Send the last frame again, unless another one comes within ``REPEAT_SECONDS``.

        For a receiver that lost it and asked for a key frame: a source that shows a frame every
        few seconds would leave it without one for as long.
        """
        if self._last is not None and self._repeat_at is None:
            self._repeat_at = self._event_loop.time() + REPEAT_SECONDS
            self._news.set()

    async def recv(self) -> VideoFrame:
        """Return the next frame; called by the sender when it has sent the one before."""
        self._encoding = False
        self._space.set()
        while self._next is None and self.readyState == "live":
            wait = self._until_repeat()
            if wait is not None and wait <= 0 and self._last is not None:
                return self._stamped(self._last)
            await self._news.wait(wait)
        if self.readyState != "live" or self._next is None:
            raise MediaStreamError
        frame, self._next = self._next, None
        self._last = frame
        self._encoding = True
        self._stamped(frame)
        self._space.set()
        self._sent(frame)
        return frame

    def _until_repeat(self) -> float | None:
        return None if self._repeat_at is None else self._repeat_at - self._event_loop.time()

    def _stamped(self, frame: VideoFrame) -> VideoFrame:
        self._repeat_at = None
        frame.pts = self._clock.pts(self._event_loop.time())
        frame.time_base = TIME_BASE
        return frame

    def stop(self) -> None:
        """End the track and everybody who waits on it."""
        if self.readyState == "live" and self._timer.dropped:
            logger.info("%d pictures came too late and were skipped", self._timer.dropped)
        super().stop()
        self._news.set()
        self._space.set()
