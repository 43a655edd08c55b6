"""Which words end a reply and which let it go on, by language: data that ``wants_to_end`` goes by.

A language is a JSON file in ``languages/``; each key is a list of lower-case words or phrases,
``InterruptionWords`` says of which. All keys are optional.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from gradio_webrtc.turns.language_words import NO_WORDS, LanguageWords, words_of

LANGUAGES = Path(__file__).parent / "languages"


@dataclass(frozen=True)
class InterruptionWords(LanguageWords):
    """Words and phrases of one language, lower case, without punctuation but apostrophes.

    Attributes:
        ends: what is said to end a reply: ``stop``.
        goes_on: what is said to show that one listens: ``right``.
        lead_ins: what may stand before either and means neither: ``well``.
    """

    ends: frozenset[str] = NO_WORDS
    goes_on: frozenset[str] = NO_WORDS
    lead_ins: frozenset[str] = NO_WORDS


def interruption_words(language: str | os.PathLike[str] = "en") -> InterruptionWords:
    """Return the words of a language.

    Args:
        language: ``"en"``, or the path of a JSON file like those in ``languages/``.

    Raises:
        ConfigurationError: there is no such language, or the file is none of that kind.
    """
    return words_of(InterruptionWords, language, LANGUAGES, "interruption")
