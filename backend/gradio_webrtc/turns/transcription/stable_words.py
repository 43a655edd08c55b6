"""Which words of a growing transcript stay: those that two recognitions in a row agree on. Pure.

Each recognition hears the same audio and a little more, and may write what it heard before
otherwise. What it agrees on with the one before is committed and not changed any more, as in
Macháček, Dabre, Bojar: "Turning Whisper into Real-Time Transcription System" (2023), there called
local agreement.
"""

from __future__ import annotations

from collections.abc import Sequence

MOST_BEYOND = 8
"""How many committed words may lie beyond a place where the audio is cut."""


class StableWords:
    """The words of one stretch of audio that grows. Not thread-safe.

    Args:
        committed: words at its beginning that are known.

    Attributes:
        committed: words that stay.
        tentative: words behind them that may still change.
    """

    def __init__(self, committed: Sequence[str] = ()) -> None:
        self.committed = list(committed)
        self.tentative: list[str] = []

    def push(self, text: str) -> None:
        """Take what was recognised of all the audio so far; nothing tells nothing."""
        words = text.split()
        if not words:
            return
        rest = words[_end_of(self.committed, words) :]
        # Not the last word: it may be half of one, and its full stop a guess.
        agreed = min(_common(rest, self.tentative), max(0, len(rest) - 1))
        self.committed += rest[:agreed]
        self.tentative = rest[agreed:]

    def close(self, text: str) -> list[str]:
        """Commit everything: ``text`` was recognised of the audio up to a cut, for good.

        Returns:
            The committed words that lie beyond the cut, and belong to what follows.
        """
        words = text.split()
        if not words:
            self.tentative = []
            return []
        stays, joins = _meeting(self.committed, words)
        beyond = self.committed[stays:]
        self.committed = [*self.committed[:stays], *words[joins:]]
        self.tentative = []
        return beyond


def plain(word: str) -> str:
    """Return ``word`` without capitals and punctuation."""
    return "".join(letter for letter in word.casefold() if letter.isalnum()) or word


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many words both begin with."""
    count = 0
    for mine, theirs in zip(one, other, strict=False):
        if plain(mine) != plain(theirs):
            break
        count += 1
    return count


def _end_of(known: Sequence[str], words: Sequence[str]) -> int:
    """Return how many of ``words`` say what ``known`` says."""
    costs = _distances(known, words)[-1]
    return min(range(len(costs)), key=lambda end: (costs[end], *_doubt(known, words, end)))


def _meeting(known: Sequence[str], words: Sequence[str]) -> tuple[int, int]:
    """Return up to where ``known`` and ``words`` say the same, one of them to its end."""
    costs = _distances(known, words)
    whole = _end_of(known, words)
    best, place = costs[-1][whole], (len(known), whole)
    for stays in range(len(known) - 1, max(0, len(known) - MOST_BEYOND) - 1, -1):
        if costs[stays][-1] < best:
            best, place = costs[stays][-1], (stays, len(words))
    return place


def _doubt(known: Sequence[str], words: Sequence[str], end: int) -> tuple[bool, int]:
    """Return what speaks against an end that costs as little as another one."""
    same = bool(end and known) and plain(words[end - 1]) == plain(known[-1])
    return not same, abs(end - len(known))


def _distances(known: Sequence[str], words: Sequence[str]) -> list[list[int]]:
    """Return the edit distances of all beginnings of ``known`` and of ``words``, in words."""
    mine, theirs = [plain(word) for word in known], [plain(word) for word in words]
    rows = [list(range(len(theirs) + 1))]
    for number, one in enumerate(mine, 1):
        row = [number]
        for column, other in enumerate(theirs, 1):
            above = rows[-1]
            changed = above[column - 1] + (one != other)
            row.append(min(changed, above[column] + 1, row[-1] + 1))
        rows.append(row)
    return rows
