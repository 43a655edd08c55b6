"""Sounds that are no speech, made by arithmetic. All are mono float arrays in [-1, 1] at 48 kHz."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

RATE = 48_000

Floats = npt.NDArray[np.float64]


def white(seconds: float, level: float, seed: int = 1) -> Floats:
    """Return white noise with a root mean square of ``level``."""
    return np.random.default_rng(seed).normal(0, level, round(seconds * RATE))


def coloured(seconds: float, level: float, slope: float, seed: int = 1) -> Floats:
    """Return noise whose amplitude falls with frequency to the power ``slope``: pink is 0.5."""
    spectrum = np.fft.rfft(white(seconds, 1.0, seed))
    frequency = np.fft.rfftfreq(round(seconds * RATE), 1 / RATE)
    spectrum /= np.maximum(frequency, 20.0) ** slope
    return _at_level(np.fft.irfft(spectrum, round(seconds * RATE)), level)


def hum(seconds: float, level: float) -> Floats:
    """Return what a fan and a mains transformer add to a room."""
    time = _time(seconds)
    mains = sum(np.sin(2 * np.pi * 50 * n * time + n) / n for n in range(1, 12))
    return _at_level(mains + coloured(seconds, 1.0, 0.8), level)


CHORDS = (
    (220.0, 277.2, 329.6),
    (174.6, 220.0, 261.6),
    (196.0, 246.9, 293.7),
    (164.8, 207.7, 246.9),
)


def music(seconds: float, level: float) -> Floats:
    """Return plucked and bowed chords, two a second, with a bass and a beat."""
    sound = np.zeros(round(seconds * RATE))
    for index in range(int(seconds * 2)):
        chord, start = CHORDS[index // 2 % len(CHORDS)], index * RATE // 2
        length = min(RATE, len(sound) - start)
        time = np.arange(length) / RATE
        for pitch in (chord[0] / 2, *chord):
            for harmonic in range(1, 7):
                tone = np.sin(2 * np.pi * pitch * harmonic * time + harmonic)
                sound[start : start + length] += tone * np.exp(-3 * time) / harmonic
        beat = np.random.default_rng(index).normal(0, 1, length) * np.exp(-60 * time)
        sound[start : start + length] += beat
    return _at_level(sound, level)


def coughs(seconds: float, level: float) -> Floats:
    """Return a cough of two or three bursts every two seconds."""
    sound = np.zeros(round(seconds * RATE))
    generator = np.random.default_rng(7)
    at = 0.5
    while at < seconds - 1:
        for burst in range(int(generator.integers(2, 4))):
            _add(sound, at + burst * 0.34, _cough(generator))
        at += 2.0
    return _at_peak(sound, level)


def keyboard(seconds: float, level: float) -> Floats:
    """Return somebody typing: clicks of a few milliseconds, irregular, some eight a second."""
    sound = np.zeros(round(seconds * RATE))
    generator = np.random.default_rng(3)
    at = 0.2
    while at < seconds - 0.1:
        time = np.arange(round(0.03 * RATE)) / RATE
        _add(sound, at, generator.normal(0, 1, len(time)) * np.exp(-200 * time))
        at += float(generator.uniform(0.06, 0.2))
    return _at_peak(sound, level)


def knocks(seconds: float, level: float) -> Floats:
    """Return knocks on a table and a door that falls shut."""
    sound = np.zeros(round(seconds * RATE))
    for index, at in enumerate(np.arange(0.5, seconds - 0.5, 0.7)):
        time = np.arange(round(0.2 * RATE)) / RATE
        pitch = (90.0, 140.0, 70.0)[index % 3]
        _add(sound, float(at), np.sin(2 * np.pi * pitch * time) * np.exp(-25 * time))
    return _at_peak(sound, level)


def breaths(seconds: float, level: float) -> Floats:
    """Return breathing into the microphone: soft noise that swells and falls."""
    swell = np.maximum(0.0, np.sin(2 * np.pi * _time(seconds) / 3.0)) ** 2
    return _at_peak(coloured(seconds, 1.0, 0.7, seed=5) * swell, level)


def _cough(generator: np.random.Generator) -> Floats:
    """An explosion of 30 ms and a rush of air of 200 ms, through two broad resonances."""
    time = np.arange(round(0.25 * RATE)) / RATE
    envelope = np.exp(-90 * time) + 0.35 * np.exp(-14 * time)
    spectrum = np.fft.rfft(generator.normal(0, 1, len(time)) * envelope)
    frequency = np.fft.rfftfreq(len(time), 1 / RATE)
    shape = sum(1 / (1 + ((frequency - centre) / width) ** 2) for centre, width in _RESONANCES)
    return np.asarray(np.fft.irfft(spectrum * shape, len(time)))


_RESONANCES: Sequence[tuple[float, float]] = ((500.0, 300.0), (1_700.0, 700.0))


def _time(seconds: float) -> Floats:
    return np.arange(round(seconds * RATE)) / RATE


def _add(sound: Floats, seconds: float, part: Floats) -> None:
    start = round(seconds * RATE)
    length = min(len(part), len(sound) - start)
    sound[start : start + length] += part[:length]


def _at_level(sound: Floats, level: float) -> Floats:
    return np.asarray(sound * (level / np.sqrt(np.mean(sound**2))))


def _at_peak(sound: Floats, level: float) -> Floats:
    return np.asarray(sound * (level / np.abs(sound).max()))
