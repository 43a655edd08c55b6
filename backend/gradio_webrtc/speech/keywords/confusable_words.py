"""Words that sound nearly like a stop word, for a spotter to tell it from."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gradio_webrtc.speech.keywords.pronunciation import VOWELS, Phones, read_dictionary

_LENGTH_PLAY = 3
"""How many more phones a decoy may have than the phrase."""
_SAME_KIND, _OTHER_KIND = 0.6, 1.2
"""What it costs to take one phone for another: vowels and consonants are hardly confused."""
_LONG_STEM = 6
_SAME_WORD = 0.7
"""Nearer than this is the phrase itself, said a little differently."""
_SAME_PAIR = 1.8
"""The same for two words and more, which nobody says by chance."""


def decoys(ways: Sequence[Phones], words: int, most: int, dictionary: Path) -> list[Phones]:
    """Return the pronunciations of other words that are nearest to a phrase, nearest first.

    Words that are a part of it are left out: a person who says the phrase says them too.

    Args:
        ways: the pronunciations of the phrase.
        words: how many words it has.
        most: how many to return.
        dictionary: where the words come from, as the CMU dictionary.
    """
    target = ways[0]
    table = _table(dictionary)
    near = table.nearest(target, 3 * most)
    near.sort()
    least = _SAME_WORD if words == 1 else _SAME_PAIR
    shortest = min(map(len, ways))
    found = [
        phones
        for distance, phones in near
        if distance > least
        and (len(phones) >= shortest or _spans(phones, ways))
        and not any(_contains(phones, way) or _same_stem(phones, way) for way in ways)
    ]
    return list(dict.fromkeys(found))[:most]


class _Table:
    """All pronunciations of a dictionary, for comparing all of them at once."""

    def __init__(self, known: list[Phones]) -> None:
        phones = {phone for way in known for phone in way}
        names = [*sorted(phones & VOWELS), *sorted(phones - VOWELS)]
        self._vowels = len(phones & VOWELS)
        self._code = {phone: code for code, phone in enumerate(names)}
        self._known = known
        self._lengths = np.array([len(way) for way in known])
        self._rows = np.full((len(known), int(self._lengths.max())), -1, np.int8)
        codes = np.fromiter((self._code[phone] for way in known for phone in way), np.int8)
        filled = np.arange(self._rows.shape[1]) < self._lengths[:, np.newaxis]
        self._rows[filled] = codes

    def nearest(self, target: Phones, most: int) -> list[tuple[float, Phones]]:
        """Return those with the least weighted edit distance to ``target``, with the distance."""
        size = len(target)
        keep = np.flatnonzero((self._lengths >= size - 1) & (self._lengths <= size + _LENGTH_PLAY))
        rows, lengths = self._rows[keep][:, : size + _LENGTH_PLAY], self._lengths[keep]
        row = np.tile(np.arange(rows.shape[1] + 1, dtype=np.float32), (len(rows), 1))
        for number, phone in enumerate(target, 1):
            code = self._code[phone]
            row = self._next_row(row, rows, code, number)
        distances = row[np.arange(len(rows)), lengths]
        order = np.argsort(distances, kind="stable")[:most]
        return [(float(distances[i]), self._known[keep[i]]) for i in order]

    def _next_row(
        self, above: NDArray[np.float32], rows: NDArray[np.int8], code: int, number: int
    ) -> NDArray[np.float32]:
        """Return the next row of the edit distance's matrix, of all words at once."""
        alike = (rows < self._vowels) == (code < self._vowels)
        change = np.where(rows == code, 0.0, np.where(alike, _SAME_KIND, _OTHER_KIND))
        row = np.empty_like(above)
        row[:, 0] = number
        for column in range(rows.shape[1]):
            changed = above[:, column] + change[:, column]
            shorter = np.minimum(changed, above[:, column + 1] + 1)
            row[:, column + 1] = np.minimum(shorter, row[:, column] + 1)
        return row


@functools.lru_cache(maxsize=1)
def _table(dictionary: Path) -> _Table:
    known = [way for ways in read_dictionary(dictionary).values() for way in ways]
    return _Table(known)


def _same_stem(phones: Phones, way: Phones) -> bool:
    """Whether only the last sound differs: that sound is swallowed, or runs into what follows."""
    stem = len(way) - 1
    return stem >= _LONG_STEM and phones[:stem] == way[:stem]


def _spans(phones: Phones, ways: Sequence[Phones]) -> bool:
    """Whether a shorter word begins and ends like the phrase."""
    return any(phones[0] == way[0] and phones[-1] == way[-1] for way in ways)


def _contains(phones: Phones, part: Phones) -> bool:
    return any(phones[at : at + len(part)] == part for at in range(len(phones) - len(part) + 1))
