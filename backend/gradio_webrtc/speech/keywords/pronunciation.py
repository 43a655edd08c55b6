"""How English words are pronounced, in the phones of pocketsphinx's acoustic model (ARPABET)."""

from __future__ import annotations

import functools
import logging
import re
import unicodedata
from pathlib import Path

from gradio_webrtc.errors import ConfigurationError, SpeechEngineError
from gradio_webrtc.speech.synthesis.espeak_library import espeak_library

Phones = tuple[str, ...]

logger = logging.getLogger(__name__)

_IPA_PHONES = {
    # espeak-ng's American English, longest first where one is the beginning of another.
    "tʃ": "CH", "dʒ": "JH", "aɪɚ": "AY ER", "aʊɚ": "AW ER", "aɪ": "AY", "aʊ": "AW", "eɪ": "EY",  # noqa: RUF001
    "ɔɪ": "OY", "oʊ": "OW", "əʊ": "OW", "iə": "IY", "iː": "IY", "uː": "UW", "ɑː": "AA", "ɔː": "AO",  # noqa: RUF001
    "ɜː": "ER", "oː": "AO", "n̩": "AH N", "l̩": "AH L", "m̩": "AH M",  # noqa: RUF001
    "p": "P", "b": "B", "t": "T", "d": "D", "ɾ": "T", "ʔ": "T", "k": "K", "ɡ": "G", "g": "G",  # noqa: RUF001
    "f": "F", "v": "V", "θ": "TH", "ð": "DH", "s": "S", "z": "Z", "ʃ": "SH", "ʒ": "ZH", "h": "HH",
    "m": "M", "n": "N", "ŋ": "NG", "l": "L", "ɫ": "L", "r": "R", "ɹ": "R", "j": "Y", "w": "W",
    "x": "K", "ɬ": "L", "ç": "HH", "æ": "AE", "a": "AE", "ɐ": "AH", "ʌ": "AH", "ə": "AH",
    "ɚ": "ER", "ɜ": "ER", "ɝ": "ER", "ɛ": "EH", "e": "EH", "ɪ": "IH", "i": "IY", "ᵻ": "IH",  # noqa: RUF001
    "ɒ": "AA", "ɑ": "AA", "ɔ": "AO", "o": "OW", "ʊ": "UH", "u": "UW", "y": "UW",  # noqa: RUF001
}  # fmt: skip
PHONES = frozenset(phone for phones in _IPA_PHONES.values() for phone in phones.split())
"""Every phone of the acoustic model, without silence."""
_IPA = re.compile("|".join(sorted(map(re.escape, _IPA_PHONES), key=len, reverse=True)))
VOWELS = frozenset(
    ["AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW"]
)
_ACCENTS = ("en-us", "en-gb")
_MOST = 6
"""Pronunciations of a phrase that are listened for."""


def pronunciations(words: tuple[str, ...], dictionary: Path) -> list[tuple[Phones, ...]]:
    """Return the ways to say ``words`` one after the other, each word's phones apart.

    The dictionary is American. Beside it, or where it lacks a word, words are pronounced as
    espeak-ng reads them in American and British English; a "t" between vowels may be a "d".

    Args:
        words: lower case, without punctuation.
        dictionary: a file with a word and its phones in each line, as the CMU dictionary.

    Raises:
        ConfigurationError: nobody knows how to say one of them; the text names it.
    """
    ways: list[tuple[Phones, ...]] = [()]
    for word in words:
        ways = [(*before, way) for way in _ways(word, dictionary) for before in ways]
    ways = ways[:_MOST]
    flapped = [tuple(_flapped(phones) for phones in way) for way in ways]
    return list(dict.fromkeys([*ways, *flapped]))


def _ways(word: str, dictionary: Path) -> list[Phones]:
    known = read_dictionary(dictionary).get(word, [])
    guessed = [phones for voice in _ACCENTS if (phones := _guess(word, voice))]
    if not known and not guessed:
        raise ConfigurationError(
            f"Nobody here knows how to say the stop word {word!r}: write it as an English word "
            "that sounds like it, or pass an STTModel that knows it as spotter."
        )
    return list(dict.fromkeys(known + guessed))


@functools.lru_cache(maxsize=1)
def read_dictionary(path: Path) -> dict[str, list[Phones]]:
    """Read the whole file: 135000 words, a tenth of a second, done once where stop words are."""
    found: dict[str, list[Phones]] = {}
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            word, *phones = line.split()
            found.setdefault(word.partition("(")[0], []).append(tuple(phones))
    return found


@functools.lru_cache(maxsize=256)
def _guess(word: str, voice: str) -> Phones:
    """Return how espeak-ng reads ``word``; nothing when it cannot tell."""
    if not _latin(word):
        return ()
    try:
        clauses = espeak_library().phonemes(word, voice)
    except SpeechEngineError as error:
        logger.warning("Pronouncing %r without espeak-ng: %s", word, error)
        return ()
    ipa = " ".join(clauses)
    phones = [phone for symbol in _IPA.findall(ipa) for phone in _IPA_PHONES[symbol].split()]
    # The dictionary writes the "i" of "radio" as it writes that of "happy".
    following = [*phones[1:], ""]
    phones = [
        "IY" if phone == "IH" and after in VOWELS else phone
        for phone, after in zip(phones, following, strict=True)
    ]
    return tuple(phones) if len(phones) > 1 else ()


def _latin(word: str) -> bool:
    """Whether ``word`` has letters and digits that English readers know, accents aside."""
    plain = unicodedata.normalize("NFKD", word)
    return all(letter.isascii() or unicodedata.combining(letter) for letter in plain)


def _flapped(phones: Phones) -> Phones:
    inside = range(1, len(phones) - 1)
    between = {i for i in inside if phones[i - 1] in VOWELS and phones[i + 1] in VOWELS}
    return tuple("D" if phone == "T" and i in between else phone for i, phone in enumerate(phones))
