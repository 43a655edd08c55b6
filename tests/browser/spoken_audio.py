"""Speech for the fake microphone, and judging what came back of it."""

from __future__ import annotations

import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]

RATE = 48_000
ENVELOPE_STEP = 0.02
"""Seconds per value of an envelope: shorter than a syllable, longer than a period of a voice."""

VOWELS = {
    "a": ((730.0, 90.0), (1090.0, 110.0), (2440.0, 170.0)),
    "e": ((530.0, 70.0), (1840.0, 120.0), (2480.0, 170.0)),
    "i": ((270.0, 60.0), (2290.0, 130.0), (3010.0, 190.0)),
    "o": ((570.0, 80.0), (840.0, 100.0), (2410.0, 170.0)),
    "u": ((300.0, 60.0), (870.0, 100.0), (2240.0, 170.0)),
}
"""Formants of a man's vowels as (frequency, bandwidth) in Hz: Peterson and Barney, 1952."""

SENTENCE = (
    ("a", 0.22, 0.9), ("s", 0.10, 0.15), ("i", 0.16, 0.6), ("", 0.14, 0.0), ("o", 0.30, 1.0),
    ("s", 0.08, 0.2), ("e", 0.14, 0.5), ("", 0.42, 0.0), ("u", 0.20, 0.7), ("a", 0.16, 1.0),
    ("", 0.10, 0.0), ("e", 0.34, 0.8), ("s", 0.12, 0.15), ("", 0.60, 0.0), ("i", 0.18, 0.7),
    ("o", 0.14, 0.9), ("", 0.08, 0.0), ("a", 0.40, 0.8), ("", 0.32, 0.0),
)  # fmt: skip
"""Sounds as (vowel, "s" for a hiss, "" for a pause; seconds; loudness): words of unequal length,
so that the envelope fits itself at one place only."""


def _vowel(name: str, seconds: float, pitch: float) -> Samples:
    """Harmonics of a falling pitch, each as strong as the formants let it through."""
    time = np.arange(int(seconds * RATE)) / RATE
    phase = 2 * np.pi * np.cumsum(pitch * (1 - 0.15 * time / seconds)) / RATE
    sound = np.zeros_like(time)
    for number in range(1, int(4000 / pitch)):
        frequency = number * pitch
        strength = sum(
            weight / np.hypot(1, (frequency - centre) / width)
            for weight, (centre, width) in zip((1.0, 0.5, 0.25), VOWELS[name], strict=True)
        )
        sound += strength / number**0.5 * np.sin(number * phase)
    return sound / np.abs(sound).max()


def _hiss(seconds: float) -> Samples:
    noise = np.random.default_rng(7).standard_normal(int(seconds * RATE) + 1)
    return np.diff(noise) / 4


def speak() -> Samples:
    """Return one sentence of 48 kHz speech-like sound in -1..1, silent between its words."""
    parts = []
    for index, (name, seconds, loudness) in enumerate(SENTENCE):
        if name == "":
            parts.append(np.zeros(int(seconds * RATE)))
            continue
        sound = _hiss(seconds) if name == "s" else _vowel(name, seconds, 118.0 + 4 * (index % 5))
        fade = np.minimum(1, np.minimum(np.arange(sound.size), np.arange(sound.size)[::-1]) / 480)
        parts.append(0.6 * loudness * fade * sound)
    return np.concatenate(parts)


def write_wav(path: Path, samples: Samples) -> None:
    """Write 16-bit mono sound at 48 kHz."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((samples * 32767).astype("<i2").tobytes())


@dataclass(frozen=True)
class Recording:
    """Sound a page heard: mono samples in -1..1 and their rate in Hz."""

    rate: int
    samples: Samples

    def loudness(self) -> float:
        """Return the root mean square."""
        return float(np.sqrt(np.mean(self.samples**2)))

    def envelope(self) -> Samples:
        """Return the root mean square of every ``ENVELOPE_STEP``."""
        return envelope(self.samples, self.rate)

    def loudest(self) -> float:
        """Return the frequency that has the most energy, in Hz."""
        power = np.abs(np.fft.rfft(self.samples * np.hanning(self.samples.size)))
        return float(np.argmax(power)) * self.rate / self.samples.size

    def share_of(self, frequency: float, width: float = 30.0) -> float:
        """Return which part of the energy lies within ``width`` Hz of ``frequency``, 0 of none."""
        windowed = self.samples * np.hanning(self.samples.size)
        power = np.abs(np.fft.rfft(windowed)) ** 2
        distance = np.abs(np.fft.rfftfreq(self.samples.size, 1 / self.rate) - frequency)
        return float(power[distance <= width].sum() / max(power.sum(), 1e-12))


def envelope(samples: Samples, rate: int = RATE) -> Samples:
    """Return the root mean square of every ``ENVELOPE_STEP``."""
    step = round(rate * ENVELOPE_STEP)
    whole = samples[: samples.size // step * step].reshape(-1, step)
    return np.asarray(np.sqrt(np.mean(whole**2, axis=1)))


def likeness(heard: Samples, spoken: Samples, seconds: float = 2.0) -> float:
    """Return how well stretches of an envelope fit some place of another that repeats.

    Each stretch of ``seconds`` is correlated with ``spoken``, played over and over, at the delay
    where it fits best; 1 is the same shape. The median of them: a busy machine may lose a moment
    of sound, which shifts what follows against what came before.
    """
    length = round(seconds / ENVELOPE_STEP)
    endless = np.tile(spoken, length // spoken.size + 2)
    places = np.stack([endless[start : start + length] for start in range(spoken.size)])
    fits = [
        max(np.corrcoef(heard[start : start + length], place)[0, 1] for place in places)
        for start in range(0, heard.size - length + 1, length)
    ]
    return float(np.median(fits))
