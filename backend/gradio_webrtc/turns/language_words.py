"""Lists of words and phrases by language: data that is read, checked and extended.

A language is a JSON file whose keys are the attributes of a ``LanguageWords``; each is a list of
lower-case words or phrases. All keys are optional.
"""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from gradio_webrtc.errors import ConfigurationError

Words = TypeVar("Words", bound="LanguageWords")

NO_WORDS: frozenset[str] = frozenset()


@dataclass(frozen=True)
class LanguageWords:
    """Words and phrases of one language, lower case, without punctuation but apostrophes."""

    def extended(self: Words, **more: Iterable[str]) -> Words:
        """Return these words and ``more``: ``extended(name_of_a_list=["word"])``.

        Raises:
            ConfigurationError: there is no such attribute, or it is no list of texts.
        """
        kind = type(self)
        lists = {name: _listed(kind, name, words, kind.__name__) for name, words in more.items()}
        return dataclasses.replace(
            self, **{name: getattr(self, name) | words for name, words in lists.items()}
        )


def languages_in(folder: Path) -> list[str]:
    """Return the languages whose files are in ``folder``."""
    return sorted(path.stem for path in folder.glob("*.json"))


def words_of(
    kind: type[Words], language: str | os.PathLike[str], folder: Path, purpose: str
) -> Words:
    """Return the words of a language.

    Args:
        kind: what they become.
        language: one of those in ``folder``, or the path of a JSON file like those.
        folder: has the files of the package.
        purpose: what the words are for, in errors: ``"ending"``.

    Raises:
        ConfigurationError: there is no such language, or the file is none of that kind.
    """
    known = languages_in(folder)
    if isinstance(language, str) and language in known:
        return _read(kind, folder / f"{language}.json")
    path = Path(language)
    if path.suffix != ".json" or not path.is_file():
        raise ConfigurationError(
            f"There are no {purpose} words for {str(language)!r}. Expected one of {known}, or the "
            "path of a JSON file with them."
        )
    return _read(kind, path)


def _read(kind: type[Words], path: Path) -> Words:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path} cannot be read as JSON: {error}") from error
    if not isinstance(found, dict):
        raise ConfigurationError(f"{path} must hold an object with lists of words.")
    return kind(**{name: _listed(kind, name, words, str(path)) for name, words in found.items()})


def _listed(
    kind: type[LanguageWords], name: str, words: Iterable[str], where: str
) -> frozenset[str]:
    known = [field.name for field in dataclasses.fields(kind)]
    if name not in known:
        raise ConfigurationError(f"{where} has no {name!r}; there are: {', '.join(known)}.")
    listed = None if isinstance(words, str) or not isinstance(words, Iterable) else list(words)
    if listed is None or not all(isinstance(word, str) and word.strip() for word in listed):
        raise ConfigurationError(f"{name!r} must be a list of words in {where}; got {words!r}.")
    return frozenset(" ".join(word.lower().split()) for word in listed)
