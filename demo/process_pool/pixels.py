"""The picture of an old pocket console. Runs in processes of its own, which load only this."""

from __future__ import annotations

import os
import time

import numpy as np

from gradio_webrtc import AdditionalOutputs

GREENS = np.array([(15, 56, 15), (48, 98, 48), (139, 172, 15), (155, 188, 15)], np.uint8)
TELL_SECONDS = 0.5

told = 0.0


def pocket_console(image: np.ndarray, across: int) -> np.ndarray | tuple:
    """Paint an RGB picture in four greens, so many pixels across.

    Error diffusion after Floyd and Steinberg (1976): what a pixel got wrong is handed to its
    neighbours, so one comes after the other, and no array operation does it.
    """
    global told
    began = time.perf_counter()
    size = max(1, image.shape[1] // int(across))
    grey = (image[::size, ::size].mean(axis=2) / 85).tolist()
    painted = [diffuse(row, below) for row, below in zip(grey, [*grey[1:], grey[-1]], strict=True)]
    picture = GREENS[np.array(painted)].repeat(size, axis=0).repeat(size, axis=1)
    if began - told < TELL_SECONDS:
        return picture
    told = began
    milliseconds = round(1000 * (time.perf_counter() - began))
    return picture, AdditionalOutputs(os.getpid(), milliseconds)


def diffuse(row: list[float], below: list[float]) -> list[int]:
    """Round a row of values to 0, 1, 2 or 3, and hand the errors on: to the right, and below."""
    rounded = []
    last = len(row) - 1
    for x, value in enumerate(row):
        level = 0 if value < 0.5 else 1 if value < 1.5 else 2 if value < 2.5 else 3
        rounded.append(level)
        error = value - level
        if x < last:
            row[x + 1] += error * 7 / 16
            below[x + 1] += error / 16
        if x > 0:
            below[x - 1] += error * 3 / 16
        below[x] += error * 5 / 16
    return rounded
