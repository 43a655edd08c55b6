"""The built-in spotter: pocketsphinx, offline, English.

Two steps, because either alone errs: a search for the phrase against any sequence of phones, which
is cheap and lets much through, and then, where it found something, a search that has to choose
between the phrase and the words of the dictionary that sound most like it.
"""

from __future__ import annotations

import functools
import importlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gradio_webrtc.errors import ConfigurationError, MissingExtraError, SpeechEngineError
from gradio_webrtc.media.audio.pcm import Int16Array
from gradio_webrtc.speech.keywords.confusable_words import decoys
from gradio_webrtc.speech.keywords.pronunciation import PHONES, Phones, pronunciations
from gradio_webrtc.speech.keywords.spotter import SPOTTER_RATE, Spotted, spoken_words

_FRAME = SPOTTER_RATE // 100
_PIECE = SPOTTER_RATE // 20
"""50 ms: pocketsphinx keeps the interpreter's lock while it works on one, for about 2 ms."""
_KEPT = 4 * SPOTTER_RATE
"""How much of the latest audio is kept for the second step."""
_BEFORE, _AFTER = 12, 10
"""Frames around what the first step found that the second step hears."""
_NOISE = 10.0
"""RMS of the noise that is added: the model was trained on no digital silence."""
_EXPONENTS = (6.0, 9.0)
"""The first step's threshold is 10 to the minus this, times the phones of a phrase: for one word
and for more, where sounds change between them. Tried on synthetic speech, see the guide."""
_DECOYS = 60
_GARBAGE = 1e-5
"""How likely any phone is before, after and instead of the phrase in the second step. At 1e-3
synthetic voices' "computer" had half the false alarms of 1e-5, and 16 hits instead of 19."""


@dataclass(frozen=True)
class _Phrase:
    word: str
    apart: tuple[tuple[Phones, ...], ...]
    """Its pronunciations, word by word: sounds change where words meet."""
    ways: tuple[Phones, ...]
    decoys: tuple[Phones, ...]


class SphinxKeywords:
    """Listens for English stop words offline: a ``KeywordModel`` on pocketsphinx.

    Args:
        sensitivity: from 0 to 1: higher hears more, and more that was not said.

    Raises:
        ConfigurationError: ``sensitivity`` is out of range.
    """

    def __init__(self, sensitivity: float = 0.5) -> None:
        if not 0 <= sensitivity <= 1:
            raise ConfigurationError(f"sensitivity must be from 0 to 1, not {sensitivity!r}.")
        self.sensitivity = sensitivity

    def check(self, stop_words: Sequence[str]) -> None:
        """Look the words up; a tenth of a second the first time.

        Raises:
            ConfigurationError: pocketsphinx is missing, or nobody knows how to say one of them.
        """
        try:
            dictionary = _model() / "cmudict-en-us.dict"
        except MissingExtraError as error:
            raise ConfigurationError(str(error)) from error
        for word in stop_words:
            pronunciations(tuple(spoken_words(word)), dictionary)

    def spotter(self, stop_words: Sequence[str]) -> SphinxSpotter:
        """Return a spotter for one connection; a second the first time, to find similar words."""
        return SphinxSpotter(_phrases(tuple(stop_words)), self.sensitivity)


class SphinxSpotter:
    """One connection's; a ``KeywordSpotter``."""

    def __init__(self, phrases: Sequence[_Phrase], sensitivity: float) -> None:
        self._phrases = {f"p{number}": phrase for number, phrase in enumerate(phrases)}
        with tempfile.TemporaryDirectory() as folder:
            self._search: Any = _search(Path(folder), self._phrases, sensitivity)
            self._verifiers = {
                key: _verifier(Path(folder), phrase) for key, phrase in self._phrases.items()
            }
        self._noise = np.random.default_rng(0)
        self._running = False
        self.begin()

    def begin(self) -> None:
        """Forget what was heard before."""
        self._stop()
        self._search.start_utt()
        self._running = True
        self._recent: Int16Array = np.zeros(0, np.int16)
        self._received = 0
        """Samples since ``begin``."""
        self._decided: set[tuple[str, int]] = set()
        """What was decided already: the phrase and the frame it begins at."""

    def hear(self, samples: Int16Array) -> Spotted | None:
        """Take audio and return the stop word that it completes."""
        noise = self._noise.normal(0.0, _NOISE, samples.size)
        samples = np.clip(np.rint(samples + noise), -32_768, 32_767).astype(np.int16)
        for piece in _pieces(samples):
            self._recent = np.concatenate([self._recent, piece])[-_KEPT:]
            self._received += piece.size
            self._search.process_raw(piece.tobytes(), False, False)
            if (found := self._verified()) is not None:
                return found
        return None

    def finish(self) -> Spotted | None:
        """Let the search come to its end with a little silence."""
        return self.hear(np.zeros(SPOTTER_RATE // 5, np.int16))

    def close(self) -> None:
        """Free the decoders."""
        self._stop()
        self._search = None
        self._verifiers = {}

    def _stop(self) -> None:
        if self._running:
            self._running = False
            self._search.end_utt()

    def _verified(self) -> Spotted | None:
        """Return what the first step found and the second confirms."""
        if self._search.hyp() is None:
            return None
        for segment in self._search.seg():
            key = segment.word.strip().partition("v")[0]
            place = (key, segment.start_frame // 10)
            if place in self._decided:
                continue
            self._decided.add(place)
            if self._confirms(key, segment.start_frame, segment.end_frame):
                return Spotted(self._phrases[key].word, (segment.end_frame + 1) / 100)
        return None

    def _confirms(self, key: str, first: int, last: int) -> bool:
        offset = self._received - self._recent.size
        start = max(0, (first - _BEFORE) * _FRAME - offset)
        around = self._recent[start : max(0, (last + _AFTER) * _FRAME - offset)]
        verifier = self._verifiers[key]
        # How this voice and microphone sound on average, from this turn too: in the first turn of a
        # connection, which is where the word is said, there is nothing else to go by.
        verifier.set_cmn(self._search.get_cmn(True))
        verifier.start_utt()
        for piece in _pieces(around):
            verifier.process_raw(piece.tobytes(), False, False)
        verifier.end_utt()
        hypothesis = verifier.hyp()
        return hypothesis is not None and "phrase" in hypothesis.hypstr.split()


def _pieces(samples: Int16Array) -> Iterator[Int16Array]:
    for at in range(0, samples.size, _PIECE):
        yield samples[at : at + _PIECE]


def _package() -> Any:
    try:
        return importlib.import_module("pocketsphinx")
    except ImportError as error:
        raise MissingExtraError(
            "The built-in spotter of stop words needs pocketsphinx, which has no wheels for this "
            "Python yet: use Python 3.13 or older, or pass an STTModel as spotter, such as "
            'spotter=get_stt_model("moonshine/base").'
        ) from error


def _model() -> Path:
    return Path(_package().get_model_path("en-us"))


@functools.lru_cache(maxsize=16)
def _phrases(stop_words: tuple[str, ...]) -> tuple[_Phrase, ...]:
    dictionary = _model() / "cmudict-en-us.dict"
    found = []
    for word in stop_words:
        words = tuple(spoken_words(word))
        apart = pronunciations(words, dictionary)
        ways = [sum(way, ()) for way in apart]
        others = decoys(ways, len(words), _DECOYS, dictionary)
        found.append(_Phrase(word, tuple(apart), tuple(ways), tuple(others)))
    return tuple(found)


def _search(folder: Path, phrases: dict[str, _Phrase], sensitivity: float) -> Any:
    """Return the first step: all phrases at once against any sequence of phones."""
    words: dict[str, Phones] = {}
    lines = []
    for key, phrase in phrases.items():
        for number, way in enumerate(phrase.apart):
            names = [f"{key}v{number}w{place}" for place in range(len(way))]
            words.update(zip(names, way, strict=True))
            length = sum(map(len, way))
            exponent = _EXPONENTS[len(way) > 1] * length * (0.5 + sensitivity)
            lines.append(f"{' '.join(names)} /1e-{round(exponent)}/\n")
    list_file = folder / "phrases"
    list_file.write_text("".join(lines), encoding="utf-8")
    return _decoder(folder, words, kws=str(list_file), beam=1e-80, pbeam=1e-80)


def _verifier(folder: Path, phrase: _Phrase) -> Any:
    """Return the second step: the phrase, one of its decoys or neither, between any phones."""
    words = {f"decoy{number}": way for number, way in enumerate(phrase.decoys)}
    phones = sorted(PHONES)
    words.update({f"+{phone}+": (phone,) for phone in phones})
    for number, way in enumerate(phrase.ways, 1):
        words["phrase" if number == 1 else f"phrase({number})"] = way
    verifier = _decoder(folder, words, bestpath=False, fsgusealtpron=True)
    around = [(state, state, _GARBAGE, f"+{phone}+") for phone in phones for state in (0, 1)]
    choice = [(0, 1, 1.0, word) for word in ("phrase", *(w for w in words if w[:5] == "decoy"))]
    neither = [(0, 1, 1.0)]
    verifier.add_fsg("choice", verifier.create_fsg("choice", 0, 1, around + choice + neither))
    verifier.activate_search("choice")
    return verifier


def _decoder(folder: Path, words: dict[str, Phones], **options: Any) -> Any:
    lines = [f"{word} {' '.join(way)}\n" for word, way in words.items()]
    dictionary = folder / "words.dict"
    dictionary.write_text("".join(lines), encoding="utf-8")
    try:
        return _package().Decoder(
            hmm=str(_model() / "en-us"), lm=None, dict=str(dictionary), loglevel="FATAL", **options
        )
    except (RuntimeError, ValueError) as error:
        raise SpeechEngineError(
            f"pocketsphinx cannot load its model: {error}. Install the package anew: "
            "pip install --force-reinstall pocketsphinx"
        ) from error
