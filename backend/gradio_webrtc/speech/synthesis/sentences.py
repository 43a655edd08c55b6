"""Cutting a text into pieces that are spoken one after another."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

LONGEST = 300
"""Characters, about twenty seconds of speech, after which a sentence is cut at a clause or word."""

_SENTENCE_END = re.compile(
    # Also with the ellipsis and closing quotation marks, and the full-width marks of Chinese.
    r"(?<=[.!?\u2026])[\"'\u201d\u2019)\]]*\s+|(?<=[\u3002\uff01\uff1f])|\n\s*\n"
)
_CLAUSE_END = re.compile(r"[,;:\u2013\u2014\u3001\uff0c\uff1b\uff1a]\s*(?=\S)")

_PAUSE = re.compile(
    # A clause's end where one may stop, which "10,000" and "10:30" are not.
    r"[,;:][\"'\u201d\u2019)\]]*\s+|\s[-\u2013]\s+|\s*\u2014\s*|[\u3001\uff0c\uff1b\uff1a]"
)

FIRST = 24
"""Characters, a second and a half of speech: pieces of that length are not cut."""
GROWTH = 4
"""How much longer than a piece the next one may be, to be made while that one is played.

So an engine that makes four seconds of speech in one leaves no gaps.
"""


class Piece(NamedTuple):
    """What is spoken at a time.

    Attributes:
        text: a sentence, or some of its clauses.
        ends_sentence: whether the pause that belongs after a sentence comes after it.
    """

    text: str
    ends_sentence: bool


def speakable(text: str) -> bool:
    """Whether there is anything to say in ``text``: a letter, a digit, or a sign with a name.

    Marks alone, such as "...!?", are none: models make noise of them.
    """
    return any(c.isalnum() or unicodedata.category(c) in ("So", "Sc") for c in text)


def clauses_first(text: str, longest: int = LONGEST, first: int = FIRST) -> list[Piece]:
    """Return what of ``text`` is speakable in pieces of which the first is there soonest.

    Pure. The first piece ends with a clause, after ``first`` characters at most where there is one
    so short, and each piece has ``GROWTH`` times the characters of the one before at most, so that
    soon they are whole sentences. Nothing is cut elsewhere, unless it is longer than ``longest``.
    """
    pieces: list[Piece] = []
    limit = first
    for sentence in sentences(text, longest):
        rest = sentence
        while rest:
            at = _pause(rest, limit)
            piece, rest = rest[:at].strip(), rest[at:].strip()
            if speakable(piece):
                pieces.append(Piece(piece, not speakable(rest)))
                limit = max(first, GROWTH * len(piece))
    return pieces


def _pause(text: str, limit: int) -> int:
    """Return where to cut: after the last clause within ``limit``, else after the first one."""
    if len(text) <= limit:
        return len(text)
    ends = [found.end() for found in _PAUSE.finditer(text) if speakable(text[: found.end()])]
    return max((end for end in ends if end <= limit), default=min(ends, default=len(text)))


def sentences(text: str, longest: int = LONGEST) -> list[str]:
    """Return the sentences of ``text`` without surrounding white space, none empty.

    Pure. A sentence longer than ``longest`` characters is cut after a clause, else between words,
    else anywhere. Full stops of abbreviations end a sentence too; spoken, that is a short pause.
    """
    found: list[str] = []
    start = 0
    for end in _SENTENCE_END.finditer(text):
        found.append(text[start : end.end()])
        start = end.end()
    found.append(text[start:])
    return [piece for sentence in found for piece in _cut(sentence.strip(), longest)]


def _cut(sentence: str, longest: int) -> list[str]:
    pieces = []
    while len(sentence) > longest:
        at = _last_end(_CLAUSE_END, sentence, longest) or sentence.rfind(" ", 1, longest)
        at = at if at > 0 else longest
        pieces.append(sentence[:at].strip())
        sentence = sentence[at:].strip()
    return [piece for piece in [*pieces, sentence] if piece]


def _last_end(pattern: re.Pattern[str], text: str, limit: int) -> int:
    return max((found.end() for found in pattern.finditer(text, 0, limit)), default=0)
