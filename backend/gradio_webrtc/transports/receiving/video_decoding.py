"""Decoding video on a thread of its own, which nobody waits for on the event loop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable
from contextvars import copy_context
from typing import Any

import av

from gradio_webrtc.media.video.decoder import VideoDecoder
from gradio_webrtc.media.video.encoded_video import Codec, EncodedFrame, Size
from gradio_webrtc.media.video.frame_queue import FrameQueue

logger = logging.getLogger(__name__)

MAX_UNDELIVERED = 4
"""Frames on their way to the event loop: should it stand still, decoding stands still as well."""
CLOSE_SECONDS = 5.0
"""How long the frame that is being decoded may take at the end."""


class DecodingThread:
    """Decodes the frames of one stream, the newest when it cannot decode all. For one event loop.

    Args:
        codec: of the stream.
        limit: no larger frame is decoded, by area.
        deliver: called on the event loop with each decoded frame and when it arrived.
        failed: called on the event loop when a frame was damaged.
    """

    def __init__(
        self,
        codec: Codec,
        limit: Size,
        deliver: Callable[[av.VideoFrame, float], None],
        failed: Callable[[], None],
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._deliver = deliver
        self._failed = failed
        self._codec: Codec = codec
        self._limit = limit
        self._queue = FrameQueue()
        self._news = threading.Condition()
        self._undelivered = 0
        self._closed = False
        self._ended: asyncio.Future[None] = self._loop.create_future()
        # A daemon: a decoder that never returns does not keep the process alive.
        self._thread = threading.Thread(
            target=copy_context().run, args=(self._main,), name=f"decode-{codec}", daemon=True
        )
        self._thread.start()

    def put(self, frame: EncodedFrame) -> bool:
        """Decode ``frame`` soon; return ``False`` when the next one has to be a key frame."""
        with self._news:
            kept = self._closed or self._queue.put(frame)
            self._news.notify()
        return kept

    def close(self) -> None:
        """Decode nothing more. Idempotent, does not wait."""
        with self._news:
            self._closed = True
            self._queue.clear()
            self._news.notify()

    async def ended(self) -> None:
        """Wait until the thread is gone, within ``CLOSE_SECONDS``."""
        done, _ = await asyncio.wait([self._ended], timeout=CLOSE_SECONDS)
        if not done:
            logger.warning("a frame has been decoded for %g s and is left behind", CLOSE_SECONDS)

    # -- on the thread -------------------------------------------------------------------------

    def _main(self) -> None:
        try:
            decoder = VideoDecoder(self._codec, self._limit)
            while (frame := self._next()) is not None:
                self._decode(decoder, frame)
        except BaseException:
            logger.exception("a decoding thread failed")
        finally:
            self._on_loop(self._end)

    def _next(self) -> EncodedFrame | None:
        with self._news:
            while not self._closed:
                if self._undelivered < MAX_UNDELIVERED and (frame := self._queue.take()):
                    return frame
                self._news.wait()
            return None

    def _decode(self, decoder: VideoDecoder, frame: EncodedFrame) -> None:
        try:
            pictures = decoder.decode(frame)
        except av.FFmpegError as error:
            logger.debug("a video frame cannot be decoded: %s", error)
            self._on_loop(self._tell_of_failure)
            return
        with self._news:
            self._undelivered += len(pictures)
        for picture in pictures:
            self._on_loop(self._hand_over, picture, frame.arrival)

    def _on_loop(self, action: Callable[..., None], *args: Any) -> None:
        # RuntimeError: the loop is closed, and with it whatever the action was for.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(action, *args)

    # -- on the event loop ---------------------------------------------------------------------

    def _hand_over(self, picture: av.VideoFrame, arrival: float) -> None:
        with self._news:
            self._undelivered -= 1
            self._news.notify()
        if not self._closed:
            self._deliver(picture, arrival)

    def _tell_of_failure(self) -> None:
        if not self._closed:
            self._failed()

    def _end(self) -> None:
        if not self._ended.done():
            self._ended.set_result(None)
