"""What the words say that somebody speaks into a reply. Pure."""

from __future__ import annotations

import re

from gradio_webrtc.turns.interruption.interruption_words import InterruptionWords

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")  # noqa: RUF001 - both apostrophes are written
LONGEST = 12
"""Words from which on what is said is no mere reaction."""


def wants_to_end(text: str, words: InterruptionWords) -> bool | None:
    """Return whether ``text`` asks for the end of a reply; ``None``: its words do not say.

    ``False`` only if all of it shows that somebody listens ("Yes, I see."); ``True`` if what comes
    after such words ends a reply ("Okay, stop.").

    Args:
        text: what was said, as recognised.
        words: of its language.
    """
    said = [word.replace("’", "'") for word in _WORD.findall(text.lower())]  # noqa: RUF001
    if not said or len(said) > LONGEST:
        return None
    known = words.ends | words.goes_on | words.lead_ins
    longest = max((len(phrase.split()) for phrase in known), default=1)
    listens = False
    while said:
        phrase = _phrase(said, words, longest)
        if phrase in words.ends and phrase not in words.goes_on:
            return True
        if not phrase:
            return None
        listens = listens or phrase in words.goes_on
        said = said[len(phrase.split()) :]
    return False if listens else None


def _phrase(said: list[str], words: InterruptionWords, longest: int) -> str:
    """Return the longest known phrase at the beginning; ``""``: there is none."""
    known = (words.ends, words.goes_on, words.lead_ins)
    for count in range(min(longest, len(said)), 0, -1):
        phrase = " ".join(said[:count])
        if any(phrase in phrases for phrases in known):
            return phrase
    return ""
