"""The seam for what hears a stop word in speech."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.media.audio.pcm import Int16Array

SPOTTER_RATE = 16_000
"""Sample rate of what a spotter hears, in Hz."""

MOST_WORDS = 4
"""Longer phrases are sentences, which nobody says the same way twice."""


@dataclass(frozen=True)
class Spotted:
    """A stop word that was heard.

    Attributes:
        word: as the author wrote it.
        end_s: where it ended, in seconds of audio since the spotter's ``begin``.
    """

    word: str
    end_s: float


@runtime_checkable
class KeywordSpotter(Protocol):
    """Listens to one connection for stop words, while somebody speaks. One thread at a time."""

    def begin(self) -> None:
        """Somebody begins to speak: forget what was heard before."""
        ...

    def hear(self, samples: Int16Array) -> Spotted | None:
        """Take the next audio; return the first stop word in what was heard so far.

        Args:
            samples: mono at 16 kHz, shape ``(samples,)``, any length; continues the audio before.
        """
        ...

    def finish(self) -> Spotted | None:
        """Say what can be said at a pause; the next call is ``begin`` or ``hear``."""
        ...

    def close(self) -> None:
        """Give back what the spotter holds; it is not used again."""
        ...


@runtime_checkable
class KeywordModel(Protocol):
    """Makes a spotter for each connection. Any thread."""

    def check(self, stop_words: Sequence[str]) -> None:
        """Raise ``ConfigurationError`` if one of them cannot be listened for."""
        ...

    def spotter(self, stop_words: Sequence[str]) -> KeywordSpotter:
        """Return a spotter for one connection. Called off the event loop."""
        ...


def spoken_words(text: str) -> list[str]:
    """Return the words of ``text`` as they are compared: lower case, without punctuation."""
    return re.findall(r"[^\W_]+(?:'[^\W_]+)*", text.casefold().replace("\u2019", "'"))


def checked_stop_words(stop_words: Any) -> tuple[str, ...]:
    """Return the author's stop words, stripped.

    Raises:
        ConfigurationError: what was passed is no list of words and short phrases.
    """
    if isinstance(stop_words, str):
        raise ConfigurationError(
            f"stop_words must be a list: pass stop_words=[{stop_words!r}] instead of "
            f"stop_words={stop_words!r}."
        )
    if not isinstance(stop_words, Sequence) or not stop_words:
        raise ConfigurationError(
            "stop_words must be a list of one or more words or pairs of words, such as "
            f'["computer", "hello iris"], not {stop_words!r}.'
        )
    for phrase in stop_words:
        if not isinstance(phrase, str):
            raise ConfigurationError(f"Each of stop_words must be a text, not {phrase!r}.")
        count = len(spoken_words(phrase))
        if count == 0:
            raise ConfigurationError(f"The stop word {phrase!r} has no letters: write it in words.")
        if count > MOST_WORDS:
            raise ConfigurationError(
                f"The stop word {phrase!r} has {count} words; at most {MOST_WORDS} are listened "
                "for, and one or two distinct ones are heard best."
            )
    return tuple(phrase.strip() for phrase in stop_words)
