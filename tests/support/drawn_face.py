"""A drawn face for the fake camera: nobody's photograph, and a detector still takes it for one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Colour = tuple[int, int, int]

WIDTH, HEIGHT = 640, 480

SKIN = (224, 172, 138)
SHADE = (172, 118, 92)
LIGHT = (240, 196, 164)
CHEEK = (226, 150, 124)
HAIR = (62, 44, 36)
SHIRT = (52, 88, 112)
WALL = (156, 178, 184)

DETAIL = 2
"""The face is drawn this many times larger and scaled down, which smooths every edge."""


class _Canvas:
    """A picture to draw ellipses on, in units of half the face's width from its centre."""

    def __init__(self, size: tuple[int, int], x: float, y: float, unit: float) -> None:
        self.pixels = np.empty((size[1] * DETAIL, size[0] * DETAIL, 3), np.uint8)
        self.pixels[:] = WALL
        self._place = np.array((x, y)) * DETAIL
        self._unit = unit * DETAIL

    def blob(self, dx: float, dy: float, rx: float, ry: float, colour: Colour) -> None:
        """Draw an ellipse with a sharp edge."""
        self._ellipse(self.pixels, dx, dy, rx, ry, colour)

    def shade(self, dx: float, dy: float, rx: float, ry: float, colour: Colour) -> None:
        """Draw an ellipse whose edge fades out."""
        mask = np.zeros(self.pixels.shape[:2], np.float32)
        self._ellipse(mask, dx, dy, rx, ry, (1.0,))
        mask = cv2.GaussianBlur(mask, (0, 0), min(rx, ry) * self._unit / 2)[..., None]
        self.pixels = (self.pixels * (1 - mask) + np.array(colour) * mask).astype(np.uint8)

    def _ellipse(
        self,
        pixels: NDArray[Any],
        dx: float,
        dy: float,
        rx: float,
        ry: float,
        colour: tuple[float, ...],
    ) -> None:
        x, y = np.rint(self._place + np.array((dx, dy)) * self._unit).astype(int).tolist()
        axes = np.rint(np.array((rx, ry)) * self._unit).astype(int).tolist()
        cv2.ellipse(pixels, (x, y), axes, 0, 0, 360, colour, -1, cv2.LINE_AA)


def draw_face(
    x: float, y: float, radius: float, size: tuple[int, int] = (WIDTH, HEIGHT)
) -> Picture:
    """Return an RGB picture of a face with its centre at ``(x, y)``, ``radius`` half its width.

    What a cascade looks for is shading: eye sockets darker than cheeks and forehead, a nose
    bridge lighter than the eyes beside it, a mouth darker than the chin.
    """
    canvas = _Canvas(size, x, y, radius)
    canvas.blob(0, 2.2, 1.6, 0.95, SHIRT)
    canvas.blob(0, 1.15, 0.4, 0.6, SHADE)  # neck
    canvas.blob(0, -0.22, 1.08, 1.24, HAIR)
    canvas.blob(0, 0.05, 0.92, 1.2, SKIN)
    for side in (-1, 1):
        canvas.shade(side * 0.38, -0.12, 0.28, 0.19, SHADE)  # eye socket
        canvas.shade(side * 0.12, 0.38, 0.07, 0.05, SHADE)  # nostril
        canvas.shade(side * 0.5, 0.4, 0.17, 0.13, CHEEK)
        canvas.blob(side * 0.38, -0.36, 0.25, 0.055, HAIR)  # brow
        canvas.blob(side * 0.38, -0.11, 0.17, 0.09, (244, 240, 236))
        canvas.blob(side * 0.38, -0.11, 0.085, 0.09, (60, 50, 44))
        canvas.blob(side * 0.38, -0.19, 0.18, 0.035, HAIR)  # lid
    canvas.shade(0, 0.44, 0.2, 0.06, SHADE)
    canvas.shade(0, 0.16, 0.09, 0.28, LIGHT)  # bridge of the nose
    canvas.blob(0, 0.66, 0.32, 0.15, (150, 66, 66))  # a smile: lips below, skin above them
    canvas.blob(0, 0.58, 0.36, 0.11, SKIN)
    return np.asarray(cv2.resize(canvas.pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def write_video(path: Path, frames: int = 30, size: tuple[int, int] = (WIDTH, HEIGHT)) -> None:
    """Write motion JPEG of a face that sways, for ``--use-file-for-fake-video-capture``."""
    width, height = size
    face = draw_face(width / 2, 0.46 * height, 0.22 * height, size)
    with path.open("wb") as file:
        for index in range(frames):
            sway = round(0.06 * width * np.sin(2 * np.pi * index / frames))
            moved = np.roll(face, sway, axis=1)
            done, jpeg = cv2.imencode(".jpg", cv2.cvtColor(moved, cv2.COLOR_RGB2BGR))
            assert done
            file.write(jpeg.tobytes())
