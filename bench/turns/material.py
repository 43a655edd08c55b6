"""What is replayed: speech with known beginnings and ends, and sounds that are no speech."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bench.turns import sounds
from bench.turns.sounds import RATE, Floats
from tests.support.synthetic_speech import say

VOICES = ("en-us", "en-us+f3", "en+m3", "en+f2")

SENTENCES = (
    "Will it rain tomorrow?",
    "Please turn the light in the kitchen off.",
    "I would like to book a table for four people at half past seven.",
    "What is the capital of Australia, and how many people live there?",
    "Tell me something about the history of the telephone.",
    "My number is two zero five, seven seven, three nine.",
)
WORDS = ("Yes.", "No.", "Stop!", "Okay.", "Hello?", "Tomorrow.")
ACKNOWLEDGEMENTS = ("Mm-hm.", "Uh-huh.", "Right.", "I see.")
MONOLOGUE = (
    "Well, when I was a child we lived in a small house near the harbour,",
    "and every morning my father walked down to the boats before it was light.",
    "He used to say that the sea tells you in the morning what it will do in the evening,",
    "although, to be honest, I never found out how he knew.",
    "Later, in the city, I missed the smell of the nets, and the noise of the gulls,",
    "and I think that is why I have come back after all these years.",
)
BEFORE, BETWEEN = 1.0, 1.5
"""Seconds of silence before the first turn, and after each."""
BREATH = 0.35
"""Seconds between the sentences of a monologue: less than the half second that ends a turn."""
LOUD = 0.25
"""Peak to which speech is brought: a voice at a headset."""


@dataclass(frozen=True)
class Recording:
    """A sound and the turns in it.

    Attributes:
        samples: mono int16 at 48 kHz, shape ``(samples,)``.
        turns: when each begins and ends, in seconds.
    """

    samples: npt.NDArray[np.int16]
    turns: Sequence[tuple[float, float]]


Speech = Sequence[Sequence[Floats]]
"""Turns, each of parts with a breath between them."""


def _spoken(texts: Sequence[str], voices: Sequence[str] = VOICES) -> Speech:
    return [
        [_voice(text, voices[(index + offset) % len(voices)])]
        for offset in range(2)
        for index, text in enumerate(texts)
    ]


def _voice(text: str, voice: str) -> Floats:
    samples = say(text, voice, RATE).astype(np.float64)
    return np.asarray(samples * (LOUD / np.abs(samples).max()))


def _laid_out(speech: Speech) -> tuple[Floats, list[tuple[float, float]]]:
    parts = [np.zeros(round(BEFORE * RATE))]
    turns: list[tuple[float, float]] = []
    for turn in speech:
        start = sum(map(len, parts))
        for index, part in enumerate(turn):
            parts += [np.zeros(round(BREATH * RATE) if index else 0), part]
        turns.append((start / RATE, sum(map(len, parts)) / RATE))
        parts.append(np.zeros(round(BETWEEN * RATE)))
    return np.concatenate(parts), turns


def _recording(speech: Speech, background: Callable[[float], Floats] | None = None) -> Recording:
    sound, turns = _laid_out(speech)
    if background is not None:
        sound = sound + background(len(sound) / RATE)[: len(sound)]
    return Recording(_as_int16(sound), turns)


def _as_int16(sound: Floats) -> npt.NDArray[np.int16]:
    return np.clip(np.rint(sound * 32_767), -32_768, 32_767).astype(np.int16)


def _speech_level() -> float:
    """Root mean square of speech at ``LOUD``."""
    voice = _voice(SENTENCES[2], VOICES[0])
    return float(np.sqrt(np.mean(voice**2)))


def _below(decibels: float) -> float:
    return _speech_level() * float(10.0 ** (-decibels / 20))


def _quiet(speech: Speech) -> Speech:
    return [[part * 0.1 for part in turn] for turn in speech]


def _monologue() -> Recording:
    return _recording([[_voice(text, voice) for text in MONOLOGUE] for voice in VOICES[:2]])


def _only(*parts: Floats) -> Recording:
    return Recording(_as_int16(np.concatenate(parts)), ())


def _noises() -> Recording:
    levels = (0.003, 0.03, 0.1)
    return _only(
        *(sounds.white(4, level) for level in levels),
        *(sounds.coloured(4, level, 0.5) for level in levels),
        *(sounds.hum(4, level) for level in levels),
    )


MATERIAL: Mapping[str, Callable[[], Recording]] = {
    "sentences": lambda: _recording(_spoken(SENTENCES)),
    "quiet sentences": lambda: _recording(_quiet(_spoken(SENTENCES[:4]))),
    "single words": lambda: _recording(_spoken(WORDS)),
    "acknowledgements": lambda: _recording(_spoken(ACKNOWLEDGEMENTS)),
    "monologues": _monologue,
    "white noise, 20 dB below": lambda: _recording(
        _spoken(SENTENCES[:4]), lambda seconds: sounds.white(seconds, _below(20))
    ),
    "street noise, 10 dB below": lambda: _recording(
        _spoken(SENTENCES[:4]), lambda seconds: sounds.coloured(seconds, _below(10), 0.5)
    ),
    "a fan, 5 dB below": lambda: _recording(
        _spoken(SENTENCES[:4]), lambda seconds: sounds.hum(seconds, _below(5))
    ),
    "music, 15 dB below": lambda: _recording(
        _spoken(SENTENCES[:4]), lambda seconds: sounds.music(seconds, _below(15))
    ),
    "noise alone": _noises,
    "music alone": lambda: _only(sounds.music(15, 0.02), sounds.music(15, 0.1)),
    "coughs": lambda: _only(sounds.coughs(20, 0.1), sounds.coughs(20, 0.6)),
    "typing, knocks and breath": lambda: _only(
        sounds.keyboard(10, 0.2), sounds.knocks(10, 0.5), sounds.breaths(12, 0.1)
    ),
}
"""By name, in the order of the table."""


def recordings(only: str | None = None) -> Iterator[tuple[str, Recording]]:
    """Make the material whose names start with ``only``, one after the other."""
    for name, make in MATERIAL.items():
        if only is None or name.startswith(only):
            yield name, make()
