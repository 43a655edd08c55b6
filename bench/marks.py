"""Matching a mark that came back with the moment it was sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Heard:
    """One mark that came back: its number, when it was sent, and how long it took, in seconds."""

    number: int
    sent: float
    took: float


def newest(sent: Sequence[float], first: int, step: int, before: float) -> int | None:
    """Return the newest of frames ``first, first + step, ...`` sent before a time, if any."""
    candidates = range(first, len(sent), step)
    return next((number for number in reversed(candidates) if sent[number] < before), None)
