"""A video function together with how it wants to be called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

from gradio_webrtc.errors import ConfigurationError

FrameFormat = Literal["rgb24", "bgr24", "gray"]
FRAME_FORMATS: tuple[str, ...] = get_args(FrameFormat)


def check_frame_format(frame_format: str) -> None:
    """Raise ``ConfigurationError`` unless ``frame_format`` is one of ``FRAME_FORMATS``."""
    if frame_format not in FRAME_FORMATS:
        known = ", ".join(f'"{name}"' for name in FRAME_FORMATS)
        raise ConfigurationError(f"frame_format must be one of {known}, not {frame_format!r}.")


@dataclass(frozen=True)
class VideoStreamHandler:
    """A video function or generator, sync or async, and how it wants to be called.

    Attributes:
        callable: takes a frame and the values of the other inputs.
        fps: frames per second it is expected to emit, 1 to 60.
        skip_frames: with True, a slow ``callable`` gets the newest frame and what came before is
            dropped. With False up to one second of frames (``fps`` of them) waits for it, which
            adds as much delay; beyond that the oldest is dropped.
        frame_format: ``"rgb24"``, ``"bgr24"`` or ``"gray"``; None for the component's own.

    Raises:
        ConfigurationError: a value that cannot work.
    """

    callable: Callable[..., Any]
    fps: int = 30
    skip_frames: bool = True
    frame_format: FrameFormat | None = None

    def __post_init__(self) -> None:
        """Check the values."""
        if isinstance(self.callable, type) or not callable(self.callable):
            raise ConfigurationError(
                "VideoStreamHandler takes a function or generator function of a frame, "
                f"not {self.callable!r}."
            )
        if not 1 <= self.fps <= 60:
            raise ConfigurationError(f"fps must be from 1 to 60, not {self.fps!r}.")
        if self.frame_format is not None:
            check_frame_format(self.frame_format)
