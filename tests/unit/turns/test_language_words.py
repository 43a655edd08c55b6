"""What every list of words by language has in common."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gradio_webrtc import EndingWords, InterruptionWords
from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.turns.language_words import LanguageWords, languages_in, words_of

KINDS = pytest.mark.parametrize(
    ("kind", "name"), [(EndingWords, "fillers"), (InterruptionWords, "ends")]
)


@KINDS
def test_a_file_of_the_folder_is_known_by_its_language(
    tmp_path: Path, kind: type[LanguageWords], name: str
) -> None:
    (tmp_path / "xx.json").write_text(json.dumps({name: ["Bah  BAH"]}))
    assert languages_in(tmp_path) == ["xx"]
    words = words_of(kind, "xx", tmp_path, "some")
    assert type(words) is kind
    assert getattr(words, name) == {"bah bah"}
    with pytest.raises(ConfigurationError, match=r"no some words for 'yy'.*\['xx'\]"):
        words_of(kind, "yy", tmp_path, "some")


@KINDS
def test_words_are_added_to_those_there_are(kind: type[LanguageWords], name: str) -> None:
    more = kind().extended(**{name: ["one"]}).extended(**{name: ["two"]})
    assert getattr(more, name) == {"one", "two"}
    with pytest.raises(ConfigurationError, match=f"{kind.__name__} has no 'other'"):
        kind().extended(other=["three"])
    with pytest.raises(
        ConfigurationError, match=f"'{name}' must be a list of words in {kind.__name__}"
    ):
        kind().extended(**{name: "three"})
