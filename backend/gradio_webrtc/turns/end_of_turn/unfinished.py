"""Whether a text ends where a sentence can end. Pure.

Rules, from the surest to the least sure, over lists that are data (``EndingWords``). The numbers
are an order of trust in the rules, not frequencies; the guide says what they achieve.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from gradio_webrtc.turns.end_of_turn.ending_words import EndingWords

LONGEST_TEXT = 2_000
"""Characters from the end that are looked at: more than anybody says between two pauses."""
LONGEST_PHRASE = 5
"""Words of a phrase that is looked for at the end."""

_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
_SENTENCE_END = re.compile(r"(?<![.\u2026])[.?!](?=\s+\S)")
_OPEN_MARK = re.compile(r"(?:[,;:\u2026\u2013\u2014-]|\.{2,})[\s\"']*$")
_SHORTEST_CLAUSE = 3


@dataclass(frozen=True)
class Judgement:
    """How likely more follows.

    Attributes:
        probability: that the text is unfinished, 0 to 1.
        reason: why, with the words, for logs and people who extend the lists.
    """

    probability: float
    reason: str


def unfinished(text: str, words: EndingWords, *, whole: bool = True) -> Judgement:
    """Return how likely whoever said ``text`` goes on.

    Args:
        text: as a recogniser writes it, with or without capitals and punctuation.
        words: of the language.
        whole: whether the utterance began where ``text`` begins; otherwise nothing is concluded
            from its first words.
    """
    plain = text[-LONGEST_TEXT:].replace("\u2019", "'").lower().strip()
    parts = [part for part in _SENTENCE_END.split(plain) if _WORD.search(part)]
    if not parts:
        return Judgement(0.5, "no words")
    last = parts[-1]
    said = _WORD.findall(last)
    if said[-1] in words.fillers:
        return Judgement(0.95, f"a filled pause, {said[-1]!r}")
    if _OPEN_MARK.search(plain):
        return Judgement(0.8, "written with a mark after which more follows")
    if (phrase := _ending(said, words.closed_phrases)) is not None:
        return Judgement(0.1, f"may end in {phrase!r}")
    begins = whole or len(parts) > 1
    proper = _proper(said, words) if begins else said
    if begins and " ".join(proper or said) in words.open_utterances:
        return Judgement(0.85, f"only a beginning, {' '.join(proper)!r}")
    open_end = _open_end(said, proper, words)
    if open_end is not None:
        return open_end
    if begins and not plain.endswith("?") and _is_clause(last, proper, words):
        return Judgement(0.65, f"a clause without its main clause, {proper[0]!r}")
    return Judgement(0.1, "no word that promises more")


def _open_end(said: list[str], proper: list[str], words: EndingWords) -> Judgement | None:
    """Judge by the last words."""
    end = said[-1]
    if end in words.open_words:
        return Judgement(0.95, f"ends in {end!r}")
    if (phrase := _ending(said, words.open_phrases)) is not None:
        return Judgement(0.85, f"ends in {phrase!r}")
    asks = any(word in words.question_words for word in said[:-1])
    if end in words.open_unless_asked and not asks:
        return Judgement(0.9, f"ends in {end!r}, and nothing is asked for")
    if end not in words.open_after_nouns or len(said) < 2 or said[-2] in words.pronouns:
        return None
    # "I know where the station is", but "What I want is".
    if any(word in words.question_words for word in proper[1:-1]):
        return None
    return Judgement(0.75, f"ends in {end!r} after {said[-2]!r}")


def _proper(said: list[str], words: EndingWords) -> list[str]:
    """Return the sentence without what was said before it began."""
    start = 0
    while start < len(said) and (said[start] in words.fillers or said[start] in words.openers):
        start += 1
    return said[start:]


def _ending(said: list[str], phrases: frozenset[str]) -> str | None:
    """Return the longest phrase that ``said`` ends in."""
    for length in range(min(LONGEST_PHRASE, len(said)), 0, -1):
        if (phrase := " ".join(said[-length:])) in phrases:
            return phrase
    return None


def _is_clause(sentence: str, said: list[str], words: EndingWords) -> bool:
    """Whether the sentence is one clause that needs another one."""
    if len(said) < _SHORTEST_CLAUSE or "," in sentence.rstrip(" ,"):
        return False
    for length in (1, 2, 3):
        if " ".join(said[:length]) in words.clause_openers:
            follows = said[length] if len(said) > length else ""
            marked = any(word in words.main_clause_marks for word in said)
            return not marked and follows not in words.auxiliaries
    return False
