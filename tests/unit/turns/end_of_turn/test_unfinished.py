"""Texts that end where a sentence can end, and texts that do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradio_webrtc.turns.end_of_turn.ending_words import EndingWords, ending_words
from gradio_webrtc.turns.end_of_turn.unfinished import unfinished

ENGLISH = ending_words("en")

OPEN = (
    "I would like to know the",
    "What is the?",
    "Turn off the light in the kitchen and",
    "I don't like it because.",
    "It was, um",
    "Could you",
    "So, could you please",
    "I'm looking for",
    "Give me a number between",
    "My favourite colour is",
    "What I need is",
    "I was just wondering whether",
    "If you have a table for four",
    "When we arrived at the hotel",
    "First of all,",
    "Well...",
    "I think that the price of…",
    "Hello there. I'd like",
    "And then",
    "He said that",
    "THE MEETING STARTS AT",
    "They\u2019re",
    "It is very",
)
CLOSED = (
    "Yes.",
    "No",
    "What?",
    "Which one?",
    "Why not?",
    "Where are you from?",
    "What is it about?",
    "I don't want to.",
    "Yes, it is.",
    "I know where the station is.",
    "I think you should.",
    "When does it start?",
    "If you have a table for four, I will take it.",
    "If it rains then we stay here.",
    "Of course.",
    "I hope so.",
    "What was that?",
    "Mm-hmm.",
    "Is that all you can do?",
    "Turn it off.",
    "Come in.",
    "That's the thing that I was looking for.",
    "Good, thank you. What about tomorrow?",
    "At half past seven.",
)


@pytest.mark.parametrize("text", OPEN)
def test_what_promises_more(text: str) -> None:
    judged = unfinished(text, ENGLISH)
    assert judged.probability > 0.5, judged


@pytest.mark.parametrize("text", CLOSED)
def test_what_may_be_the_end(text: str) -> None:
    judged = unfinished(text, ENGLISH)
    assert judged.probability < 0.5, judged


def test_the_reason_names_the_word() -> None:
    assert "'because'" in unfinished("I left because", ENGLISH).reason
    assert "'if'" in unfinished("if you have a table", ENGLISH).reason


@pytest.mark.parametrize("text", ["", "  ", "...", "?!", "\u2014", "\x00"])
def test_no_words_tell_nothing(text: str) -> None:
    assert unfinished(text, ENGLISH).probability == 0.5


def test_the_first_words_of_a_part_tell_nothing() -> None:
    text = "if you have a table for four"
    assert unfinished(text, ENGLISH).probability > 0.5
    assert unfinished(text, ENGLISH, whole=False).probability < 0.5
    assert unfinished("to go. " + text, ENGLISH, whole=False).probability > 0.5


def test_another_language_is_another_list() -> None:
    german = EndingWords(
        open_words=frozenset({"und", "weil"}), closed_phrases=frozenset({"na und"})
    )
    assert unfinished("Ich komme, weil", german).probability > 0.5
    assert unfinished("Na und?", german).probability < 0.5
    assert unfinished("I saw the", german).probability < 0.5


@given(st.text(max_size=80))
def test_any_text_is_judged(text: str) -> None:
    judged = unfinished(text, ENGLISH)
    assert 0 <= judged.probability <= 1
    assert judged.reason


_PLAIN = st.text("abcdefgh", min_size=1, max_size=8).map(lambda word: f"zz{word}")


@given(st.lists(_PLAIN, max_size=12), st.sampled_from(sorted(ENGLISH.open_words)))
def test_an_open_word_is_open_after_anything_and_closed_by_a_word(
    before: list[str], word: str
) -> None:
    sentence = " ".join([*before, word])
    for written in (sentence, sentence.upper(), f"{sentence}.", f"  {sentence}?\n"):
        assert unfinished(written, ENGLISH).probability > 0.5
    assert unfinished(f"zz {sentence} zzed.", ENGLISH).probability < 0.5


def test_a_flood_of_text_costs_no_more_than_its_end() -> None:
    assert unfinished("word " * 1_000_000 + "and the", ENGLISH).probability > 0.5
    assert unfinished("," * 1_000_000, ENGLISH).probability == 0.5
