"""Where emitted media go when the connection does not carry them: nowhere, in real time.

Each takes as long as playing would, so that a handler that always has something does not spin.
"""

from __future__ import annotations

import asyncio

from gradio_webrtc.media.emitted_media import EmittedAudio, EmittedVideo
from gradio_webrtc.media.video.sending.rate_limiter import FrameRate, FrameRateLimiter


class NullAudio:
    """Takes the place of an ``OutgoingAudio``."""

    async def play(self, audio: EmittedAudio) -> None:
        """Wait as long as ``audio`` would take."""
        await asyncio.sleep(audio.duration)


class NullVideo:
    """Takes the place of a ``VideoSender``.

    Args:
        rate: how many frames a second are taken at most.
    """

    def __init__(self, rate: FrameRate) -> None:
        self._loop = asyncio.get_running_loop()
        self._limiter = FrameRateLimiter(rate)

    async def play(self, frame: EmittedVideo) -> None:
        """Wait until the next frame may be shown."""
        self._limiter.shown(self._loop.time())
        await asyncio.sleep(self._limiter.wait(self._loop.time()))
