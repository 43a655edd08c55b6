"""What a recogniser made of audio, and how sure it is of that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Recognised:
    """A text, and how sure the recogniser is of its words.

    Attributes:
        text: what was said; empty when nothing was.
        confidence: geometric mean of the probabilities of its tokens, 0 to 1. For Moonshine, people
            who speak English in a quiet room were never below 0.79, English by espeak-ng in one of
            ten cases below 0.6, and German, French and Spanish by espeak-ng in half of the cases
            below 0.5.
    """

    text: str
    confidence: float


def joined(parts: Sequence[Recognised]) -> Recognised:
    """Return one after the other; as sure as the least sure of those that have a text."""
    said = [part for part in parts if part.text]
    least = min((part.confidence for part in said), default=1.0)
    return Recognised(" ".join(part.text for part in said), least)
