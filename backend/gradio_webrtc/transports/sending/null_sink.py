"""Where emitted media go when the connection does not carry them: nowhere, in real time."""

from __future__ import annotations

import asyncio

from gradio_webrtc.media.emitted_media import EmittedAudio, EmittedVideo
from gradio_webrtc.media.video.rate_limiter import FrameRateLimiter


class NullSink:
    """Takes as long as playing would, so that a handler that always has something does not spin.

    Args:
        fps: how many pictures a second are taken at most.
    """

    def __init__(self, fps: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._cadence = FrameRateLimiter(fps)

    async def play_audio(self, audio: EmittedAudio) -> None:
        """Wait as long as ``audio`` would take."""
        await asyncio.sleep(audio.duration)

    async def play_video(self, frame: EmittedVideo) -> None:
        """Wait until the next frame may be shown."""
        self._cadence.shown(self._loop.time())
        await asyncio.sleep(self._cadence.wait(self._loop.time()))
