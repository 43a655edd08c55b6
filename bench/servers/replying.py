"""What the turn-taking handlers of all servers share: functions that answer with a tone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import numpy as np
import numpy.typing as npt

RATE = 24_000
PIECE_SECONDS = 0.1
SHORT_SECONDS = 0.4
LONG_SECONDS = 20.0
PITCHES, AMPLITUDE = (500, 1_000, 1_500), 12_000

_count = count()


def tone(seconds: float) -> Iterator[tuple[int, npt.NDArray[np.int16]]]:
    """Yield a tone in pieces of 0.1 s, int16 of shape ``(1, samples)``, as fast as it is taken.

    Each one has another pitch than the one before, so that two are told apart.
    """
    pitch = PITCHES[next(_count) % len(PITCHES)]
    time = np.arange(round(PIECE_SECONDS * RATE)) / RATE
    piece = (AMPLITUDE * np.sin(2 * np.pi * pitch * time)).astype(np.int16)[np.newaxis]
    for _ in range(round(seconds / PIECE_SECONDS)):
        yield RATE, piece


def short_reply(said: Any) -> Iterator[tuple[int, npt.NDArray[np.int16]]]:
    """Answer whatever was said with a short tone."""
    yield from tone(SHORT_SECONDS)


def long_reply(said: Any) -> Iterator[tuple[int, npt.NDArray[np.int16]]]:
    """Answer with a tone that is meant to be interrupted."""
    yield from tone(LONG_SECONDS)
