"""Counting words that are wrong, missing or too many."""

from __future__ import annotations

import re
from collections.abc import Sequence

_SAME = {"mr": "mister", "mrs": "missis", "metres": "meters", "10": "ten", "5": "five"}
"""Ways to write what sounds alike."""


def words(text: str) -> list[str]:
    """Return the words of ``text``, lower case, without punctuation; a hyphen parts two."""
    found = re.findall(r"[a-z0-9']+", text.lower().replace("\u2019", "'"))
    return [_SAME.get(word, word) for word in found]


def word_errors(said: Sequence[str], heard: Sequence[str]) -> int:
    """Return the fewest words to replace, leave out or add to make ``heard`` of ``said``."""
    row = list(range(len(heard) + 1))
    for number, word in enumerate(said, 1):
        before, row[0] = row[0], number
        for at, other in enumerate(heard, 1):
            before, row[at] = (
                row[at],
                min(row[at] + 1, row[at - 1] + 1, before + (word != other)),
            )
    return row[-1]
