"""Cutting a text into what is spoken at a time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradio_webrtc.speech.synthesis.sentences import LONGEST, sentences


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
