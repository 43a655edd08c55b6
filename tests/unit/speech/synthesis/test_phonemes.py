"""A text as phonemes, with its punctuation."""

from __future__ import annotations

import pytest

from gradio_webrtc.speech.synthesis.espeak_library import espeak_library
from gradio_webrtc.speech.synthesis.phonemes import phonemes, with_english_sounds


class Letters:
    """Pronounces a text as it is written, and keeps what it was given."""

    def __init__(self) -> None:
        self.given: list[tuple[str, str]] = []

    def phonemes(self, text: str, voice: str) -> list[str]:
        self.given.append((text, voice))
        return text.split()


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("Hello, world!", ",!"),
        ('He said "no". Then: yes?', '"".:?'),
        ("It is 3.14 at 10:30.", "."),
        ("\u2014 Well (maybe)\u2026", "\u2014()\u2026"),
    ],
)
def test_phonemes_keep_the_punctuation_but_not_that_of_numbers(text: str, marks: str) -> None:
    said = phonemes(espeak_library(), text, "en-us")
    assert "".join(c for c in said if c in ',!".:?()\u2014\u2026') == marks
    assert "\u02c8" in said
    assert "  " not in said


def test_what_is_between_the_marks_is_pronounced_by_itself() -> None:
    library = Letters()
    assert phonemes(library, "one two,  three!", "de") == "one two, three!"
    assert library.given == [("one two", "de"), ("three", "de")]


def test_marks_alone_and_nothing_are_not_pronounced() -> None:
    library = Letters()
    assert phonemes(library, "  ?! ", "de") == "?!"
    assert phonemes(library, "", "de") == ""
    assert library.given == []


def test_sounds_for_which_english_voices_have_none_are_replaced() -> None:
    assert phonemes(Letters(), "rx\u02b2", "en-us") == "rx\u02b2"
    assert with_english_sounds("rx\u02b2") == "\u0279kj"


def test_marks_of_another_language_are_no_brackets_of_the_text() -> None:
    said = phonemes(espeak_library(), "le weekend (software)", "fr-fr")
    assert "(en)" not in said
    assert "(fr)" not in said
    assert said.count("(") == 1
