"""A video function together with how it wants to be called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.media.video.frames import FrameFormat, check_frame_format

DEFAULT_FPS = 30


@dataclass(frozen=True)
class VideoStreamHandler:
    """A video function or generator, sync or async, and how it wants to be called.

    Attributes:
        callable: takes a frame and the values of the other inputs; in mode ``"receive"`` a
            generator function of the inputs' values only.
        fps: how many frames per second are shown at most, evenly, 1 to 60. A function is called
            no more often, a generator is held back.
        skip_frames: with True, a slow ``callable`` gets the newest frame and what came before is
            dropped. With False up to one second of frames (``fps`` of them) waits for it, which
            adds as much delay; beyond that the oldest is dropped.
        frame_format: ``"rgb24"``, ``"bgr24"`` or ``"gray"``; None for the component's own.

    Raises:
        ConfigurationError: a value that cannot work.
    """

    callable: Callable[..., Any]
    fps: int = DEFAULT_FPS
    skip_frames: bool = True
    frame_format: FrameFormat | None = None

    def __post_init__(self) -> None:
        """Check the values."""
        if isinstance(self.callable, type) or not callable(self.callable):
            raise ConfigurationError(
                "VideoStreamHandler takes a function or generator function of a frame, "
                f"not {self.callable!r}."
            )
        check_fps(self.fps)
        if self.frame_format is not None:
            check_frame_format(self.frame_format)


def check_fps(fps: int) -> None:
    """Raise ``ConfigurationError`` unless ``fps`` is a whole number from 1 to 60."""
    whole = isinstance(fps, (int, np.integer)) and not isinstance(fps, bool)
    if not whole or not 1 <= fps <= 60:
        raise ConfigurationError(f"fps must be a whole number from 1 to 60, not {fps!r}.")
