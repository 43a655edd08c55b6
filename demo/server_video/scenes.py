"""Pictures without end, computed one after the other."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

FPS = 30
HEIGHT, WIDTH = 360, 640
CELL = 4  # pixels
HEAT = [0, 0.35, 0.7, 0.9, 1]
COLOURS = [(8, 10, 24), (70, 20, 110), (230, 70, 90), (255, 170, 70), (255, 250, 220)]
RAMP = np.arange(256) / 255
GLOW = np.stack([np.interp(RAMP, HEAT, each) for each in np.transpose(COLOURS)], 1).astype(np.uint8)
RAINBOW = (127.5 + 127.5 * np.cos(2 * np.pi * np.add.outer(RAMP, [0, 0.33, 0.6]))).astype(np.uint8)


def life(speed: float) -> Iterator[np.ndarray]:
    """Play Conway's Game of Life on a torus, from a random soup; what died glows on."""
    shape = (HEIGHT // CELL, WIDTH // CELL)
    alive = np.random.default_rng().random(shape) < 0.2
    heat = np.zeros(shape)
    while True:
        square = [np.roll(alive, (y, x), (0, 1)) for y in (-1, 0, 1) for x in (-1, 0, 1)]
        count = np.sum(square, axis=0)  # of the cell and its eight neighbours
        alive = (count == 3) | (alive & (count == 4))
        for _ in range(round(FPS / speed)):
            heat = np.where(alive, 1, heat * 0.93)
            picture = GLOW[(255 * heat).astype(np.uint8)]
            yield picture.repeat(CELL, axis=0).repeat(CELL, axis=1)


def plasma(speed: float) -> Iterator[np.ndarray]:
    """Let waves run through each other and colour their sum."""
    y, x = np.mgrid[:HEIGHT, :WIDTH] / 40
    still = 40 * np.sin(x) + 40 * np.sin(y * 1.3) + 60 * np.sin(np.hypot(x - 8, y - 4.5))
    moving = 60 * np.sin((x + 2 * y) * np.pi / 8)
    step = 0
    while True:
        phase = round(step * speed / 4)
        waves = still + np.roll(moving, phase, axis=1) + phase
        yield RAINBOW[waves.astype(np.int16) & 255]
        step += 1


SCENES = {"Game of Life": life, "Plasma": plasma}
