"""The classes users subclass to have full control over audio and video, in and out."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gradio_webrtc.handlers.base import AsyncStreamHandler, StreamHandler

Picture: TypeAlias = NDArray[np.uint8]
"""``uint8`` of shape ``(height, width, 3)`` in RGB, or in the component's ``frame_format``."""


class AudioVideoStreamHandler(StreamHandler):
    """Audio and video in and out in plain Python.

    Every connection gets its own copy. ``receive``, ``emit``, ``video_receive``, ``video_emit``
    and ``start_up`` run at the same time, each on a thread of its own, so what they share has to
    be safe for threads, as ``queue.Queue`` is. Frames are shown at the ``fps`` given to
    ``super().__init__()`` at most, 30 by default.
    """

    @abstractmethod
    def video_receive(self, frame: Picture) -> None:
        """Take the newest frame of the person. What came while this one ran is skipped."""

    @abstractmethod
    def video_emit(self) -> Any:
        """Return the next value to send, or None when there is nothing to send now.

        A frame is a ``uint8`` array as ``video_receive`` gets it, a PIL image, or a
        ``TimedPicture`` of one. ``AdditionalOutputs``, ``CloseStream`` and a pair of a frame
        and one of these are accepted too.
        """

    @abstractmethod
    def copy(self) -> AudioVideoStreamHandler:
        """Return a new handler for one connection, made as this one was."""


class AsyncAudioVideoStreamHandler(AsyncStreamHandler):
    """Audio and video in and out in ``async def``, on the event loop.

    Every connection gets a copy. Work that takes longer than a few milliseconds, a model for
    instance, holds up every connection there: hand it to a thread, or use
    ``AudioVideoStreamHandler``.
    """

    @abstractmethod
    async def video_receive(self, frame: Picture) -> None:
        """Take the newest frame of the person. What came while this one ran is skipped."""

    @abstractmethod
    async def video_emit(self) -> Any:
        """Return the next value to send, or None when there is nothing to send now.

        See :meth:`AudioVideoStreamHandler.video_emit` for what a value may be.
        """

    @abstractmethod
    def copy(self) -> AsyncAudioVideoStreamHandler:
        """Return a new handler for one connection, made as this one was."""
