"""The words are data."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gradio_webrtc import ConfigurationError, interruption_words


def test_english_comes_with_the_package_and_can_be_extended() -> None:
    english = interruption_words("en")
    assert {"stop", "no", "wait"} <= english.ends
    assert {"mhm", "yes", "right", "okay"} <= english.goes_on
    assert not english.ends & english.goes_on
    more = english.extended(ends=["Basta  cosi"])
    assert more.ends == english.ends | {"basta cosi"}
    assert more.goes_on == english.goes_on


def test_a_language_of_ones_own_is_a_file(tmp_path: Path) -> None:
    file = tmp_path / "de.json"
    file.write_text(json.dumps({"ends": ["halt"], "goes_on": ["genau"]}))
    assert interruption_words(file).ends == {"halt"}
    assert interruption_words(str(file)).lead_ins == frozenset()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[]", "must hold an object"),
        ("{", "cannot be read as JSON"),
        ('{"stops": ["halt"]}', "has no 'stops'; there are: ends, goes_on, lead_ins"),
        ('{"ends": "halt"}', "'ends' must be a list of words"),
        ('{"ends": [3]}', "'ends' must be a list of words"),
    ],
)
def test_what_is_no_such_file_is_refused(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "de.json"
    file.write_text(text)
    with pytest.raises(ConfigurationError, match=words):
        interruption_words(file)


def test_a_language_that_is_not_there_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="no interruption words for 'xx'"):
        interruption_words("xx")
