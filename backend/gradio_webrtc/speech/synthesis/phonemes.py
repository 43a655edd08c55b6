"""A text as phonemes with its punctuation, which models that speak take for their pauses."""

from __future__ import annotations

import re
from typing import Protocol

_MARKS = re.compile(r"(\s*[;:,.!?\u2026\u2014\u00a1\u00bf\"\u201c\u201d()]+(?!\d)\s*)")
_OTHER_LANGUAGE = re.compile(r"\([a-z-]+\)")
"""How espeak-ng marks that a word is pronounced as in another language, "(en)"."""
_ENGLISH = (
    # Sounds of other languages in borrowed words, for which English voices have none.
    ("\u02b2", "j"),
    ("r", "\u0279"),
    ("x", "k"),
    ("\u026c", "l"),
)


class Pronounces(Protocol):
    """Turns text into phonemes."""

    def phonemes(self, text: str, voice: str) -> list[str]:
        """Return the IPA of each clause, without punctuation."""
        ...


def phonemes(library: Pronounces, text: str, language: str) -> str:
    """Return the IPA of ``text`` with stress marks, and with the punctuation where it was.

    espeak-ng drops punctuation, so the text is given to it in the parts between. Marks inside a
    number, such as in "3.14", are left to it.
    """
    said = []
    for number, part in enumerate(_MARKS.split(text)):
        if number % 2:
            said.append(part)
        elif part.strip():
            clauses = " ".join(library.phonemes(part, language))
            said.append(_OTHER_LANGUAGE.sub("", clauses).strip())
    return re.sub(r"\s+", " ", "".join(said)).strip()


def with_english_sounds(said: str) -> str:
    """Return IPA with sounds that English lacks replaced by those nearest to them."""
    for theirs, ours in _ENGLISH:
        said = said.replace(theirs, ours)
    return said
