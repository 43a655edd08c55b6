"""Stop words as authors write them."""

from __future__ import annotations

import pytest

from gradio_webrtc import ConfigurationError
from gradio_webrtc.speech.keywords.spotter import checked_stop_words, spoken_words


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("Hey, Gradio!", ["hey", "gradio"]),
        ("  O'Brien’s  ", ["o'brien's"]),  # noqa: RUF001 - as recognisers write it
        ("...", []),
        ("R2D2", ["r2d2"]),
    ],
)
def test_words_are_compared_without_capitals_and_punctuation(given: str, words: list[str]) -> None:
    assert spoken_words(given) == words


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("computer", r"stop_words=\['computer'\]"),
        ([], "one or more"),
        (None, "one or more"),
        (["ok computer", 3], "must be a text, not 3"),
        (["?!"], "no letters"),
        (["one two three four five"], "5 words"),
    ],
)
def test_what_is_no_list_of_stop_words_is_refused(given: object, told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        checked_stop_words(given)


def test_stop_words_are_kept_as_written_without_the_space_around_them() -> None:
    assert checked_stop_words(["  Hey, Iris! ", "OK"]) == ("Hey, Iris!", "OK")
    assert checked_stop_words(("one two three four",)) == ("one two three four",)
