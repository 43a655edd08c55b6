"""Which words promise more, by language: data that ``unfinished`` goes by.

A language is a JSON file in ``languages/``; each key is a list of lower-case words or phrases,
``EndingWords`` says of which. All keys are optional.
"""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from gradio_webrtc.errors import ConfigurationError

LANGUAGES = Path(__file__).parent / "languages"

_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True)
class EndingWords:
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

    fillers: frozenset[str] = _NONE
    openers: frozenset[str] = _NONE
    open_words: frozenset[str] = _NONE
    open_unless_asked: frozenset[str] = _NONE
    open_after_nouns: frozenset[str] = _NONE
    pronouns: frozenset[str] = _NONE
    question_words: frozenset[str] = _NONE
    clause_openers: frozenset[str] = _NONE
    auxiliaries: frozenset[str] = _NONE
    main_clause_marks: frozenset[str] = _NONE
    open_utterances: frozenset[str] = _NONE
    open_phrases: frozenset[str] = _NONE
    closed_phrases: frozenset[str] = _NONE

    def extended(self, **more: Iterable[str]) -> EndingWords:
        """Return these words and ``more``: ``extended(open_words=["roughly"])``.

        Raises:
            ConfigurationError: there is no such attribute, or it is no list of texts.
        """
        lists = {name: _words(name, words, "EndingWords") for name, words in more.items()}
        return dataclasses.replace(
            self, **{name: getattr(self, name) | words for name, words in lists.items()}
        )


def ending_words(language: str | os.PathLike[str] = "en") -> EndingWords:
    """Return the words of a language.

    Args:
        language: ``"en"``, or the path of a JSON file like those in ``languages/``.

    Raises:
        ConfigurationError: there is no such language, or the file is none of that kind.
    """
    known = LANGUAGES / f"{language}.json"
    if isinstance(language, str) and language in languages():
        return _read(known)
    path = Path(language)
    if path.suffix != ".json" or not path.is_file():
        raise ConfigurationError(
            f"There are no ending words for {str(language)!r}. Expected one of {languages()}, or "
            "the path of a JSON file with them."
        )
    return _read(path)


def languages() -> list[str]:
    """Return the languages whose words come with the package."""
    return sorted(path.stem for path in LANGUAGES.glob("*.json"))


def _read(path: Path) -> EndingWords:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path} cannot be read as JSON: {error}") from error
    if not isinstance(found, dict):
        raise ConfigurationError(f"{path} must hold an object with lists of words.")
    return EndingWords(**{name: _words(name, words, str(path)) for name, words in found.items()})


def _words(name: str, words: Iterable[str], where: str) -> frozenset[str]:
    known = [field.name for field in dataclasses.fields(EndingWords)]
    if name not in known:
        raise ConfigurationError(f"{where} has no {name!r}; there are: {', '.join(known)}.")
    listed = None if isinstance(words, str) or not isinstance(words, Iterable) else list(words)
    if listed is None or not all(isinstance(word, str) and word.strip() for word in listed):
        raise ConfigurationError(f"{name!r} in {where} must be a list of words; got {words!r}.")
    return frozenset(" ".join(word.lower().split()) for word in listed)
