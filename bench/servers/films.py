"""What the viewers of the benchmark watch: 1280x720 that moves, made beforehand."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]

SIZE = (720, 1280)
"""Height and width in pixels."""
SMALL = (360, 640)
"""The same of a film that leaves the machine to those who watch it."""
LENGTH = 90
"""Pictures until it begins again."""
STEP = 8
"""Pixels by which everything moves with each picture."""


def film() -> Iterator[Picture]:
    """Yield pictures of shape ``(720, 1280, 3)`` for ever."""
    return _moving(SIZE)


def small_film() -> Iterator[Picture]:
    """Yield pictures of shape ``(360, 640, 3)`` for ever."""
    return _moving(SMALL)


def _moving(size: tuple[int, int]) -> Iterator[Picture]:
    height, width = size
    rows, columns = np.mgrid[0:height, 0:width]
    still = (rows // 3 + columns // 5) % 256
    patches = np.random.default_rng(1).integers(0, 256, (height // 40, width // 40))
    scene = (still // 2 + np.kron(patches, np.ones((40, 40), int)) // 2).astype(np.uint8)
    pictures = [
        np.repeat(np.roll(scene, number * STEP, axis=1)[:, :, np.newaxis], 3, axis=2)
        for number in range(LENGTH)
    ]
    yield from itertools.cycle(pictures)
