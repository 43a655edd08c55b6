"""Cutting a text into pieces that are spoken one after another."""

from __future__ import annotations

import re

LONGEST = 300
"""Characters, about twenty seconds of speech, after which a sentence is cut at a clause or word."""

_SENTENCE_END = re.compile(
    # Also with the ellipsis and closing quotation marks, and the full-width marks of Chinese.
    r"(?<=[.!?\u2026])[\"'\u201d\u2019)\]]*\s+|(?<=[\u3002\uff01\uff1f])|\n\s*\n"
)
_CLAUSE_END = re.compile(r"[,;:\u2013\u2014\u3001\uff0c\uff1b\uff1a]\s*(?=\S)")


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
