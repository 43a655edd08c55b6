"""The pictures of one side, or of two beside each other, in a picture of fixed size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter

from gradio_webrtc.media.video.frames import ImageArray

MAX_PIXELS = 1280 * 720
"""Of a recorded picture. Two sides of 1280x720 would otherwise take half a core to encode."""

FALLBACK = (640, 480)
"""The size when no picture has come by the time the file starts."""

_BLACK, _GREY = 16, 128


@dataclass(frozen=True)
class Pane:
    """Where one side's picture goes, in even pixels."""

    left: int
    width: int
    height: int


def lay_out(sides: Sequence[str], sizes: Mapping[str, tuple[int, int]]) -> dict[str, Pane]:
    """Return the panes, side by side and equally high, of ``sides``.

    Args:
        sides: from left to right.
        sizes: width and height of each side's first picture; one without is as large as another.
    """
    known = next((sizes[side] for side in sides if side in sizes), FALLBACK)
    wanted = [sizes.get(side, known) for side in sides]
    height = max(size[1] for size in wanted)
    widths = [size[0] * height / size[1] for size in wanted]
    shrink = min(1.0, (MAX_PIXELS / (sum(widths) * height)) ** 0.5)
    panes: dict[str, Pane] = {}
    left = 0
    for side, width in zip(sides, widths, strict=True):
        panes[side] = Pane(left, _even(width * shrink), _even(height * shrink))
        left += panes[side].width
    return panes


class Canvas:
    """Composes pictures. Not thread-safe.

    A picture that has another size than its pane, because a browser adapted its resolution or a
    telephone was turned, is scaled to fit, with black beside or above it.
    """

    def __init__(self, panes: Mapping[str, Pane]) -> None:
        self._panes = dict(panes)
        self.width = sum(pane.width for pane in panes.values())
        self.height = max(pane.height for pane in panes.values())
        self._planes = [
            np.full((self.height, self.width), _BLACK, np.uint8),
            np.full((self.height // 2, self.width // 2), _GREY, np.uint8),
            np.full((self.height // 2, self.width // 2), _GREY, np.uint8),
        ]
        self._shown: dict[str, av.VideoFrame] = {}
        self._scalers = {side: VideoReformatter() for side in panes}

    def compose(self, pictures: Mapping[str, av.VideoFrame]) -> av.VideoFrame:
        """Return a new yuv420p frame with these pictures; a side without one is black."""
        for side, picture in pictures.items():
            if self._shown.get(side) is not picture:
                self._paste(side, picture)
                self._shown[side] = picture
        flat = np.concatenate([plane.ravel() for plane in self._planes])
        return av.VideoFrame.from_ndarray(flat.reshape(-1, self.width), "yuv420p")

    def _paste(self, side: str, picture: av.VideoFrame) -> None:
        pane = self._panes[side]
        scale = min(pane.width / picture.width, pane.height / picture.height)
        width = min(pane.width, _even(picture.width * scale))
        height = min(pane.height, _even(picture.height * scale))
        # The picture itself is never touched: handlers and encoders hold the same one.
        fitted = self._scalers[side].reformat(
            picture,
            width=width,
            height=height,
            format="yuv420p",
            src_color_range=ColorRange.JPEG if int(picture.color_range) == 2 else ColorRange.MPEG,
            dst_color_range=ColorRange.MPEG,
            dst_colorspace=Colorspace.ITU601,
        )
        left = pane.left + (pane.width - width) // 4 * 2
        top = (pane.height - height) // 4 * 2
        letterboxed = (width, height) != (pane.width, pane.height)
        for index, plane in enumerate(self._planes):
            part = 1 if index == 0 else 2
            if letterboxed:
                black = _BLACK if index == 0 else _GREY
                plane[: pane.height // part, pane.left // part :][:, : pane.width // part] = black
            plane[top // part :, left // part :][: height // part, : width // part] = _plane(
                fitted, index
            )


def _plane(frame: av.VideoFrame, index: int) -> ImageArray:
    plane = frame.planes[index]
    rows: ImageArray = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return rows[: plane.height, : plane.width]


def _even(length: float) -> int:
    return max(2, round(length / 2) * 2)
