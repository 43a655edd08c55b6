"""Stop words heard by any speech recogniser."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gradio_webrtc.media.audio.pcm import Int16Array
from gradio_webrtc.speech.keywords.spotter import SPOTTER_RATE, Spotted, spoken_words
from gradio_webrtc.speech.recognition.stt import STTModel

_STEP = SPOTTER_RATE // 2
"""How much new audio there is before it is transcribed again."""
_LATEST = 5 * SPOTTER_RATE // 2
"""How much of the latest audio is transcribed: a phrase of four words and what surrounds it."""
_SHORTEST = SPOTTER_RATE // 20
"""Less new audio than this cannot change what was said."""


class STTKeywords:
    """Listens for stop words with a recogniser: a ``KeywordModel`` over any ``STTModel``.

    The speech of the last two and a half seconds is transcribed every half second while somebody
    speaks, and at the pause. Capitals and punctuation do not count, whole words do: "computers" is
    not "computer". A recogniser writes what it knows, so give it common misspellings of your word.

    Args:
        model: transcribes. Its ``stt`` is called on a thread of the connection.
    """

    def __init__(self, model: STTModel) -> None:
        self.model = model

    def check(self, stop_words: Sequence[str]) -> None:
        """Accept everything: which words a recogniser knows nobody can ask it."""

    def spotter(self, stop_words: Sequence[str]) -> STTSpotter:
        """Return a spotter for one connection."""
        return STTSpotter(self.model, stop_words)


class STTSpotter:
    """One connection's; a ``KeywordSpotter``."""

    def __init__(self, model: STTModel, stop_words: Sequence[str]) -> None:
        self._model = model
        self._phrases = [(word, spoken_words(word)) for word in stop_words]
        self.begin()

    def begin(self) -> None:
        """Forget what was heard before."""
        self._recent: Int16Array = np.zeros(0, np.int16)
        self._received = 0
        """Samples since ``begin``."""
        self._new = 0
        """Samples that were not transcribed yet."""

    def hear(self, samples: Int16Array) -> Spotted | None:
        """Take audio; transcribe when there is half a second of it."""
        self._recent = np.concatenate([self._recent, samples])[-_LATEST:]
        self._received += samples.size
        self._new += samples.size
        return self._transcribe() if self._new >= _STEP else None

    def finish(self) -> Spotted | None:
        """Transcribe what is left."""
        return self._transcribe() if self._new >= _SHORTEST else None

    def close(self) -> None:
        """Nothing is held."""

    def _transcribe(self) -> Spotted | None:
        fresh, self._new = self._new, 0
        words = spoken_words(self._model.stt((SPOTTER_RATE, self._recent)))
        found = _first(self._phrases, words)
        if found is None:
            return None
        phrase, after = found
        # A transcript has no times: words take as long as they have letters. What was transcribed
        # before did not have the stop word, so it ended in the new audio, or just before.
        letters = [len(word) + 1 for word in words]
        back = self._recent.size * sum(letters[after:]) / sum(letters)
        end = self._received - min(back, fresh + _STEP / 2)
        return Spotted(phrase, max(0.0, end) / SPOTTER_RATE)


def _first(
    phrases: Sequence[tuple[str, list[str]]], words: Sequence[str]
) -> tuple[str, int] | None:
    """Return the phrase that comes first in ``words``, and the place after it."""
    for at in range(len(words)):
        for phrase, expected in phrases:
            if words[at : at + len(expected)] == expected:
                return phrase, at + len(expected)
    return None
