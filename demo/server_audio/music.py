"""Melodies and instruments."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

RATE = 24_000
TIME = np.arange(2 * RATE) / RATE  # a note rings for two seconds
RNG = np.random.default_rng()

ODE = [64, 64, 65, 67, 67, 65, 64, 62, 60, 60, 62, 64, 64, 62, 62]
CANON = [(62, 4), (57, 4), (59, 3), (54, 3), (55, 4), (50, 4), (55, 4), (57, 4)]  # root, third
PENTATONIC = [60, 62, 64, 67, 69, 72, 74, 76]


def walk() -> list[int]:
    """Wander up and down a scale: different every time."""
    steps = RNG.choice([-2, -1, 1, 2], 32).cumsum()
    return [PENTATONIC[step % len(PENTATONIC)] for step in steps]


MELODIES: dict[str, Callable[[], list[int]]] = {
    "Ode to Joy": lambda: ODE,
    "Canon": lambda: [root + step for root, third in CANON for step in (0, 7, 12, 12 + third)],
    "Random walk": walk,
}


def bell(frequency: float) -> np.ndarray:
    """Strike a bar: its overtones are no multiples, and the higher ones fade sooner."""
    return sum(
        np.sin(2 * np.pi * frequency * ratio * TIME) * np.exp(-3 * ratio * TIME) / ratio
        for ratio in (1, 2.76, 5.4)
    )


def string(frequency: float) -> np.ndarray:
    """Pluck a string: noise goes round and loses its edges (Karplus and Strong, 1983)."""
    period = RNG.uniform(-1, 1, round(RATE / frequency))
    period -= period.mean()  # what is the same everywhere would stay for ever
    rounds = []
    for _ in range(TIME.size // period.size + 1):
        rounds.append(period)
        period = (period + np.roll(period, 1)) * 0.498
    return np.concatenate(rounds)[: TIME.size]


INSTRUMENTS = {"Music box": bell, "Guitar": string}
