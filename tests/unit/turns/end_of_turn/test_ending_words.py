"""The words of a language: read, checked, extended."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gradio_webrtc import EndingWords, ending_words
from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.turns.end_of_turn.ending_words import LANGUAGES, languages
from gradio_webrtc.turns.end_of_turn.unfinished import LONGEST_PHRASE


def test_every_language_of_the_package_can_be_read() -> None:
    assert "en" in languages()
    for language in languages():
        words = ending_words(language)
        assert "the" in words.open_words or language != "en"
        for phrase in words.open_phrases | words.closed_phrases:
            assert len(phrase.split()) <= LONGEST_PHRASE


def test_no_word_is_listed_twice() -> None:
    for path in LANGUAGES.glob("*.json"):
        for name, words in json.loads(path.read_text("utf-8")).items():
            assert len(words) == len(set(words)), (path, name)


def test_it_is_extended_without_changing_others() -> None:
    more = ending_words("en").extended(open_words=["Roughly"], closed_phrases=["come  with"])
    assert {"roughly", "the"} <= more.open_words
    assert "come with" in more.closed_phrases
    assert "roughly" not in ending_words("en").open_words


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "de.json"
    path.write_text(json.dumps({"open_words": ["und", "für"]}), "utf-8")
    assert ending_words(path) == EndingWords(open_words=frozenset({"und", "für"}))
    assert ending_words(str(path)).open_words == {"und", "für"}


@pytest.mark.parametrize("language", ["xx", "", "../en", "en.json", "/nowhere/en.json"])
def test_a_language_that_is_not_there(language: str) -> None:
    with pytest.raises(ConfigurationError, match=r"no ending words.*'en'"):
        ending_words(language)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "JSON"),
        ("[]", "an object"),
        ('{"open": []}', "has no 'open'"),
        ('{"open_words": "the"}', "a list of words"),
        ('{"open_words": [1]}', "a list of words"),
        ('{"open_words": [" "]}', "a list of words"),
        ('{"open_words": null}', "a list of words"),
    ],
)
def test_a_file_of_another_kind(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "odd.json"
    path.write_text(content)
    with pytest.raises(ConfigurationError, match=said):
        ending_words(path)


def test_more_of_what_there_is_not() -> None:
    wrong: Any = {"open_wrods": ["the"]}
    with pytest.raises(ConfigurationError, match="open_words"):
        ending_words("en").extended(**wrong)
