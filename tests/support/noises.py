"""Clips without a word, made by arithmetic: what recognisers take for words."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

RATE = 16_000

Floats = NDArray[np.float64]
Clip = NDArray[np.int16]


def noises(count: int, seed: int = 0) -> Iterator[tuple[str, Clip]]:
    """Yield ``count`` clips and the names of their kinds: int16 ``(samples,)`` at 16 kHz.

    They last 0.1 to 4 s, at -70 to -10 dB of full scale.
    """
    generator = np.random.default_rng(seed)
    kinds = list(KINDS.items())
    for number in range(count):
        name, make = kinds[number % len(kinds)]
        sound = make(generator, round(generator.uniform(0.1, 4.0) * RATE))
        sound /= max(float(np.sqrt(np.mean(sound**2))), 1e-9)
        level = 10 ** (generator.uniform(-70, -10) / 20)
        yield name, np.clip(np.rint(sound * level * 32_767), -32_768, 32_767).astype(np.int16)


def _coloured(slope: float) -> Callable[[np.random.Generator, int], Floats]:
    """Return a maker of noise whose amplitude falls with frequency to the power ``slope``."""

    def make(generator: np.random.Generator, samples: int) -> Floats:
        spectrum = np.fft.rfft(generator.normal(0, 1, samples))
        frequency = np.fft.rfftfreq(samples, 1 / RATE)
        noise: Floats = np.fft.irfft(spectrum / np.maximum(frequency, 20.0) ** slope, samples)
        return noise

    return make


def _swelling(generator: np.random.Generator, samples: int) -> Floats:
    time = np.arange(samples) / RATE
    swell = 1 + np.sin(2 * np.pi * generator.uniform(0.5, 8) * time)
    noise: Floats = generator.normal(0, 1, samples) * swell
    return noise


def _tone(generator: np.random.Generator, samples: int) -> Floats:
    time = np.arange(samples) / RATE
    pitch = generator.uniform(80, 3000) + generator.uniform(-200, 200) * time
    wave: Floats = np.sin(2 * np.pi * pitch * time)
    return wave


def _hum(generator: np.random.Generator, samples: int) -> Floats:
    time = np.arange(samples) / RATE
    mains = generator.choice([50, 60])
    waves: Floats = 0.2 * generator.normal(0, 1, samples)
    waves += sum(np.sin(2 * np.pi * mains * n * time + n) / n for n in range(1, 12))
    return waves


def _chords(generator: np.random.Generator, samples: int) -> Floats:
    sound = np.zeros(samples)
    for start in range(0, samples, RATE // 2):
        time = np.arange(min(RATE, samples - start)) / RATE
        for pitch in 220 * 2 ** (generator.integers(-5, 12, 3) / 12):
            for harmonic in range(1, 7):
                wave = np.sin(2 * np.pi * pitch * harmonic * time) / harmonic
                sound[start : start + len(time)] += wave * np.exp(-3 * time)
    return sound


def _knocks(generator: np.random.Generator, samples: int) -> Floats:
    sound = generator.normal(0, 0.01, samples)
    for start in generator.integers(0, max(1, samples - 800), generator.integers(1, 6)):
        time = np.arange(min(3200, samples - start)) / RATE
        decay = np.exp(-time * generator.uniform(20, 120))
        ring = np.sin(2 * np.pi * generator.uniform(80, 600) * time)
        sound[start : start + len(time)] += decay * ring
    return sound


def _clicks(generator: np.random.Generator, samples: int) -> Floats:
    sound = generator.normal(0, 0.005, samples)
    for start in np.arange(0, samples, RATE // 8):
        time = np.arange(min(480, samples - start)) / RATE
        sound[start : start + len(time)] += np.exp(-200 * time) * generator.normal(0, 1, len(time))
    return sound


def _dither(generator: np.random.Generator, samples: int) -> Floats:
    """Return what a muted microphone sends: the last bit now and then, and mostly nothing."""
    bits: Floats = (generator.random(samples) < 0.01) * generator.choice([-1.0, 1.0], samples)
    return bits


KINDS: dict[str, Callable[[np.random.Generator, int], Floats]] = {
    "white": _coloured(0.0),
    "pink": _coloured(0.5),
    "brown": _coloured(1.0),
    "swelling": _swelling,
    "tone": _tone,
    "hum": _hum,
    "chords": _chords,
    "knocks": _knocks,
    "clicks": _clicks,
    "dither": _dither,
}
