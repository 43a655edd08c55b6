"""Where emitted media go when the connection does not carry them: nowhere, in real time."""

from __future__ import annotations

import asyncio
from typing import Any

from gradio_webrtc.handlers.protocol import MediaKind
from gradio_webrtc.media.audio.pcm import chunk_seconds
from gradio_webrtc.media.timed_media import TimedAudio
from gradio_webrtc.media.video.rate_limiter import FrameRateLimiter


class NullSink:
    """Takes as long as playing would, so that a handler that always has something does not spin.

    Args:
        fps: how many pictures a second are taken at most.
    """

    def __init__(self, fps: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._cadence = FrameRateLimiter(fps)

    async def play(self, kind: MediaKind, media: Any) -> None:
        """Wait as long as ``media`` would take.

        Raises:
            MediaFormatError: ``media`` is no sound, where it should be.
        """
        if kind == "audio":
            chunk = media.chunk if isinstance(media, TimedAudio) else media
            await asyncio.sleep(chunk_seconds(chunk))
            return
        self._cadence.shown(self._loop.time())
        await asyncio.sleep(self._cadence.wait(self._loop.time()))
