"""What a room sounds like while nobody speaks, and whether something stands out of it. Pure."""

from __future__ import annotations

import math
from collections import deque
from functools import cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from gradio_webrtc.media.audio.pcm import Float32Array, Int16Array

Edges: TypeAlias = npt.NDArray[np.int64]

BANDS_HZ = (150.0, 900.0, 3_600.0, 8_000.0)
"""Edges of the bands: voices and vowels, their brightness, consonants. Below is the rumble of every
room, which is strong, and never the same for two windows; above no detector hears anything."""
STANDS_OUT = 10.0
"""Times the deviation of noise. The energy of ``n`` frequencies of noise deviates by ``1/sqrt(n)``
of its mean (each has an exponential distribution): 20 % in the lowest band of a window of 32 ms, so
what stands out there is 5 dB louder, and 3 dB in the highest. With 6 a fan is asked about nearly
always, and with any of them speech as loud as what is behind it was found all the same."""
BLOCK_STEPS = 4
BLOCKS = 15
"""The background is the quietest block of ``BLOCK_STEPS`` steps of the last ``BLOCKS``: of the last
two seconds, where steps are windows of 32 ms. Nobody speaks, or sings, as evenly for as long."""
LEAST_ENERGY = 4.0
"""Mean square in 16-bit units that stands out nowhere: a peak of 8 at most speech, see
``silero.SILENCE``."""


class Background:
    """Compares each step with the steps before it, of one connection.

    Args:
        sample_rate: in Hz.
    """

    def __init__(self, sample_rate: int) -> None:
        self._rate = sample_rate
        self._limits: Float32Array = np.zeros(0, np.float32)
        self.restart()

    def restart(self) -> None:
        """Forget what came before."""
        self._block: list[Float32Array] = []
        self._blocks: deque[Float32Array] = deque(maxlen=BLOCKS)

    def stands_out(self, samples: Int16Array) -> bool:
        """Take the next step and return whether it is louder than the background in some band.

        Always while there is none to compare it with.

        Args:
            samples: shape ``(channels, n)``.
        """
        edges, factors = _bands(samples.shape[1], self._rate)
        energies = _energies(samples, edges)
        out = not self._blocks or bool((energies > self._limits * factors).any())
        self._block.append(energies)
        if len(self._block) == BLOCK_STEPS:
            self._blocks.append(np.add.reduce(self._block) / np.float32(BLOCK_STEPS))
            self._limits = np.maximum(np.minimum.reduce(self._blocks), np.float32(LEAST_ENERGY))
            self._block = []
        return out


def _energies(samples: Int16Array, edges: Edges) -> Float32Array:
    """Return the mean square in each band, of the louder channel; shape ``(bands,)``."""
    spectrum = np.fft.rfft(samples * _window(samples.shape[1]))
    power = spectrum.real**2 + spectrum.imag**2
    sums = np.add.reduceat(power, edges, axis=1)[:, :-1]
    scaled = np.maximum.reduce(sums) * np.float32(2 / samples.shape[1] ** 2)
    return np.asarray(scaled, np.float32)


@cache
def _window(count: int) -> Float32Array:
    """Return a Hann window: without one the rumble of a room leaks into all bands."""
    return np.asarray(np.hanning(count) * math.sqrt(8 / 3), np.float32)


@cache
def _bands(count: int, rate: int) -> tuple[Edges, Float32Array]:
    """Return the bands of a step of ``count`` samples.

    Returns:
        The first frequency of each and of what is above, shape ``(bands + 1,)``; by how much the
        energy of a step may differ from the background's, shape ``(bands,)``.
    """
    last = count // 2
    edges = np.minimum(np.round(np.array(BANDS_HZ) * count / rate).astype(np.int64), last)
    edges = np.unique(np.maximum(edges, 1))
    factors = 1 + STANDS_OUT / np.sqrt(np.diff(edges))
    return edges, np.asarray(factors, np.float32)
