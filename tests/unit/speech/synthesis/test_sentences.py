"""Cutting a text into what is spoken at a time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradio_webrtc.speech.synthesis.sentences import (
    FIRST,
    GROWTH,
    LONGEST,
    clauses_first,
    sentences,
    speakable,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n ", []),
        ("Yes", ["Yes"]),
        ("Yes. No!  Maybe? Ask", ["Yes.", "No!", "Maybe?", "Ask"]),
        ('He said "No." Then he left.', ['He said "No."', "Then he left."]),
        ("Pi is 3.14 or so.", ["Pi is 3.14 or so."]),
        ("A title\n\nA text", ["A title", "A text"]),
        ("One line\nthe next", ["One line\nthe next"]),
        ("\u4e00\u3002\u4e8c\uff01\u4e09", ["\u4e00\u3002", "\u4e8c\uff01", "\u4e09"]),
    ],
)
def test_ends_where_sentences_end(text: str, expected: list[str]):
    assert sentences(text) == expected


def test_a_long_sentence_is_cut_after_a_clause_else_between_words_else_anywhere():
    assert sentences("one two, three four five", longest=15) == ["one two,", "three four five"]
    assert sentences("one two three", longest=9) == ["one two", "three"]
    assert sentences("abcdefgh", longest=3) == ["abc", "def", "gh"]


@given(st.text(alphabet="ab .,!?\n。\"'", max_size=900))
def test_nothing_is_lost_and_no_piece_is_empty_or_long(text: str):
    pieces = sentences(text)
    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert all(piece.strip() == piece != "" and len(piece) <= LONGEST for piece in pieces)


def texts(text: str) -> list[str]:
    return [piece.text for piece in clauses_first(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ask again later.", ["Ask again later."]),
        ("Well, yes, I think so.", ["Well, yes, I think so."]),
        (
            "No, the capital of Australia is Canberra, which lies inland, and not Sydney.",
            [
                "No,",
                "the capital of Australia is Canberra,",
                "which lies inland, and not Sydney.",
            ],
        ),
        ("It costs 10,000 dollars or more at 10:30 sharp.",) * 2,
        (
            "Yes - it is quite certain that it will be.",
            ["Yes -", "it is quite certain that it will be."],
        ),
        ("\u4e00" * 20 + "\uff0c" + "\u4e8c" * 20, ["\u4e00" * 20 + "\uff0c", "\u4e8c" * 20]),
        ("...!? Hello. \u2014", ["Hello."]),
        ("", []),
    ],
)
def test_the_first_clause_is_spoken_by_itself(text: str, expected: list[str] | str):
    assert texts(text) == ([expected] if isinstance(expected, str) else expected)


def test_what_follows_a_short_piece_is_short_again_as_it_is_made_while_that_is_played():
    long = "This goes on, and on, and on, for a good while, as long sentences do."
    assert texts(f"{long} Yes. {long}")[-2:] == [
        "This goes on, and on,",
        "and on, for a good while, as long sentences do.",
    ]


def test_only_the_end_of_a_sentence_is_followed_by_its_pause():
    pieces = clauses_first("Well, that is a rather long story. Hello.")
    assert [piece.ends_sentence for piece in pieces] == [False, True, True]


@given(st.text(alphabet="ab1 .,;!?\n\u3002\u2014\"'", max_size=900))
def test_all_that_can_be_said_is_and_no_piece_outgrows_the_one_before(text: str):
    pieces = texts(text)
    said = "".join(c for piece in pieces for c in piece if c.isalnum())
    assert said == "".join(c for c in text if c.isalnum())
    assert all(speakable(piece) and len(piece) <= LONGEST for piece in pieces)
    for before, piece in zip(["", *pieces], pieces, strict=False):
        within = piece[: max(FIRST, GROWTH * len(before))]
        clauses = [c for c in within.replace("\u2014", ", ").split(", ") if speakable(c)]
        assert within == piece or len(clauses) <= 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a", True), ("7", True), ("\u65e5", True), ("\U0001f3b1", True), ("\u20ac", True),
     ("...!?", False), ("***", False), ("\u2014", False), ("", False), ("~ |", False)],
)  # fmt: skip
def test_letters_digits_and_signs_with_names_can_be_said(text: str, expected: bool):
    assert speakable(text) is expected
