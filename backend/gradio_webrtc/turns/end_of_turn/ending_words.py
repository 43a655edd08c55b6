"""Which words promise more, by language: data that ``unfinished`` goes by.

A language is a JSON file in ``languages/``; each key is a list of lower-case words or phrases,
``EndingWords`` says of which. All keys are optional.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from gradio_webrtc.turns.language_words import NO_WORDS, LanguageWords, languages_in, words_of

LANGUAGES = Path(__file__).parent / "languages"


@dataclass(frozen=True)
class EndingWords(LanguageWords):
    """Words and phrases of one language, lower case, without punctuation but apostrophes.

    Attributes:
        fillers: sounds of somebody who thinks: ``um``.
        openers: what may stand before the sentence proper: ``well``.
        open_words: are never the last word: ``the``.
        open_unless_asked: are the last word only after one of ``question_words``: ``for``.
        open_after_nouns: are the last word only after one of ``pronouns``, or when one of
            ``question_words`` is within the sentence: ``is``.
        pronouns: what ``open_after_nouns`` may end a sentence after.
        question_words: ask for something, or refer to it.
        clause_openers: begin a clause that needs another one: ``if``.
        auxiliaries: after a clause opener they make it a question: ``when is``.
        main_clause_marks: tell that the other clause is there.
        open_utterances: are only a beginning when nothing else is said: ``could you``.
        open_phrases: are never the end: ``i would like``.
        closed_phrases: may be the end, whatever the others say: ``of course``.
    """

    fillers: frozenset[str] = NO_WORDS
    openers: frozenset[str] = NO_WORDS
    open_words: frozenset[str] = NO_WORDS
    open_unless_asked: frozenset[str] = NO_WORDS
    open_after_nouns: frozenset[str] = NO_WORDS
    pronouns: frozenset[str] = NO_WORDS
    question_words: frozenset[str] = NO_WORDS
    clause_openers: frozenset[str] = NO_WORDS
    auxiliaries: frozenset[str] = NO_WORDS
    main_clause_marks: frozenset[str] = NO_WORDS
    open_utterances: frozenset[str] = NO_WORDS
    open_phrases: frozenset[str] = NO_WORDS
    closed_phrases: frozenset[str] = NO_WORDS


def ending_words(language: str | os.PathLike[str] = "en") -> EndingWords:
    """Return the words of a language.

    Args:
        language: ``"en"``, or the path of a JSON file like those in ``languages/``.

    Raises:
        ConfigurationError: there is no such language, or the file is none of that kind.
    """
    return words_of(EndingWords, language, LANGUAGES, "ending")


def languages() -> list[str]:
    """Return the languages whose words come with the package."""
    return languages_in(LANGUAGES)
