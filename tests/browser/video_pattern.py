"""A test pattern for the fake camera, and the colours a page shows."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Colour = tuple[int, int, int]

WIDTH, HEIGHT = 320, 240

RED: Colour = (230, 30, 30)
GREEN: Colour = (30, 200, 30)
BLUE: Colour = (30, 30, 230)
WHITE: Colour = (230, 230, 230)

TOLERANCE = 60
"""How far a channel may be off after two lossy encodings; the colours differ by 170 and more."""


class Quarters(NamedTuple):
    """The colours in the middle of the four quarters of a picture."""

    top_left: Colour
    top_right: Colour
    bottom_left: Colour
    bottom_right: Colour

    def near(self, other: Quarters) -> bool:
        """Whether every channel of every quarter is within ``TOLERANCE``."""
        return bool(np.abs(np.subtract(self, other)).max() <= TOLERANCE)

    def inverted(self) -> Quarters:
        """Return the negative."""
        return Quarters(*((255 - r, 255 - g, 255 - b) for r, g, b in self))

    def flipped(self) -> Quarters:
        """Return them upside down."""
        return Quarters(self.bottom_left, self.bottom_right, self.top_left, self.top_right)

    def scaled(self, factor: float) -> Quarters:
        """Return them darker by ``factor``."""
        return Quarters(*((int(r * factor), int(g * factor), int(b * factor)) for r, g, b in self))


PATTERN = Quarters(RED, GREEN, BLUE, WHITE)
"""What the fake camera sees: no two quarters alike, so that flips and mirrors show."""


def pattern(width: int = WIDTH, height: int = HEIGHT) -> Picture:
    """Return the test pattern in RGB."""
    picture = np.empty((height, width, 3), np.uint8)
    top, left = height // 2, width // 2
    picture[:top, :left], picture[:top, left:] = PATTERN.top_left, PATTERN.top_right
    picture[top:, :left], picture[top:, left:] = PATTERN.bottom_left, PATTERN.bottom_right
    return picture


def _planes(picture: Picture) -> bytes:
    """Convert RGB to limited-range 4:2:0 planes with the BT.601 matrix."""
    red, green, blue = (picture[..., channel].astype(np.float64) for channel in range(3))
    luma = 16 + 0.257 * red + 0.504 * green + 0.098 * blue
    blueness = 128 - 0.148 * red - 0.291 * green + 0.439 * blue
    redness = 128 + 0.439 * red - 0.368 * green - 0.071 * blue
    chroma = (blueness[::2, ::2], redness[::2, ::2])
    return b"".join(plane.round().astype(np.uint8).tobytes() for plane in (luma, *chroma))


def write_video(path: Path, frames: int = 15) -> None:
    """Write the pattern as YUV4MPEG2 at 15 frames a second, with a bar that walks in the middle."""
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F15:1 Ip A1:1 C420jpeg\n".encode())
        for index in range(frames):
            picture = pattern()
            left = index * WIDTH // frames
            picture[HEIGHT // 2 - 8 : HEIGHT // 2 + 8, left : left + WIDTH // frames] = 0
            file.write(b"FRAME\n" + _planes(picture))
