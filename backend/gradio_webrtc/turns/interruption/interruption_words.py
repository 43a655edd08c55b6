"""Which words end a reply and which let it go on, by language: data that ``wants_to_end`` goes by.

A language is a JSON file in ``languages/``; each key is a list of lower-case words or phrases,
``InterruptionWords`` says of which. All keys are optional.
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
class InterruptionWords:
    """Words and phrases of one language, lower case, without punctuation but apostrophes.

    Attributes:
        ends: what is said to end a reply: ``stop``.
        goes_on: what is said to show that one listens: ``right``.
        lead_ins: what may stand before either and means neither: ``well``.
    """

    ends: frozenset[str] = _NONE
    goes_on: frozenset[str] = _NONE
    lead_ins: frozenset[str] = _NONE

    def extended(self, **more: Iterable[str]) -> InterruptionWords:
        """Return these words and ``more``: ``extended(ends=["basta"])``.

        Raises:
            ConfigurationError: there is no such attribute, or it is no list of texts.
        """
        lists = {name: _words(name, words, "InterruptionWords") for name, words in more.items()}
        return dataclasses.replace(
            self, **{name: getattr(self, name) | words for name, words in lists.items()}
        )


def interruption_words(language: str | os.PathLike[str] = "en") -> InterruptionWords:
    """Return the words of a language.

    Args:
        language: ``"en"``, or the path of a JSON file like those in ``languages/``.

    Raises:
        ConfigurationError: there is no such language, or the file is none of that kind.
    """
    known = sorted(path.stem for path in LANGUAGES.glob("*.json"))
    path = LANGUAGES / f"{language}.json" if language in known else Path(language)
    if path.suffix != ".json" or not path.is_file():
        raise ConfigurationError(
            f"There are no interruption words for {str(language)!r}. Expected one of {known}, or "
            "the path of a JSON file with them."
        )
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path} cannot be read as JSON: {error}") from error
    if not isinstance(found, dict):
        raise ConfigurationError(f"{path} must hold an object with lists of words.")
    return InterruptionWords().extended(**found)


def _words(name: str, words: Iterable[str], where: str) -> frozenset[str]:
    known = [field.name for field in dataclasses.fields(InterruptionWords)]
    if name not in known:
        raise ConfigurationError(f"{where} has no {name!r}; there are: {', '.join(known)}.")
    listed = None if isinstance(words, str) or not isinstance(words, Iterable) else list(words)
    if listed is None or not all(isinstance(word, str) and word.strip() for word in listed):
        raise ConfigurationError(f"{name!r} must be a list of words; got {words!r}.")
    return frozenset(" ".join(word.lower().split()) for word in listed)
