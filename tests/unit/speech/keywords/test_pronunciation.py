"""How words are pronounced: as the dictionary says, and as espeak-ng reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.speech.keywords.pronunciation import (
    PHONES,
    VOWELS,
    pronunciations,
    read_dictionary,
)

WATER = ("W", "AO", "T", "ER")


@pytest.fixture
def dictionary(tmp_path: Path) -> Path:
    path = tmp_path / "words.dict"
    lines = ["water W AO T ER", "water(2) W AA T ER", "hot HH AA T"]
    lines += [f"many({number}) M {vowel} N IY" for number, vowel in enumerate(sorted(VOWELS), 2)]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def test_a_dictionary_has_all_ways_to_say_a_word(dictionary: Path) -> None:
    words = read_dictionary(dictionary)
    assert words["water"] == [WATER, ("W", "AA", "T", "ER")]
    assert words["hot"] == [("HH", "AA", "T")]
    assert len(words["many"]) == len(VOWELS)


def test_the_dictionary_comes_first(dictionary: Path) -> None:
    assert pronunciations(("water",), dictionary)[0] == (WATER,)


def test_a_t_between_vowels_may_be_a_d_and_no_other(dictionary: Path) -> None:
    assert (("W", "AO", "D", "ER"),) in pronunciations(("water",), dictionary)
    assert all(way[0][-1] == "T" for way in pronunciations(("hot",), dictionary))


def test_each_words_phones_are_apart(dictionary: Path) -> None:
    for way in pronunciations(("hot", "water"), dictionary):
        first, second = way
        assert first[0] == "HH"
        assert second[0] == "W"


def test_only_so_many_ways_are_listened_for(dictionary: Path) -> None:
    found = pronunciations(("many", "many"), dictionary)
    assert len(found) == len(set(found)) == 6


@pytest.mark.parametrize(
    ("word", "said"), [("iris", ("AY", "R", "IH", "S")), ("radio", ("R", "EY", "D", "IY", "OW"))]
)
def test_what_the_dictionary_lacks_is_read_by_espeak(
    dictionary: Path, word: str, said: tuple[str, ...]
) -> None:
    found = pronunciations((word,), dictionary)
    assert (said,) in found
    assert all(phone in PHONES for (way,) in found for phone in way)


def test_accents_are_readable_and_other_scripts_are_refused_by_name(dictionary: Path) -> None:
    assert pronunciations(("café",), dictionary)
    with pytest.raises(ConfigurationError, match="'привет'"):
        pronunciations(("water", "привет"), dictionary)
