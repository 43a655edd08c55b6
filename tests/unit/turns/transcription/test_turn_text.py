"""The text of a turn: known for good up to a position, recognised again from there."""

from __future__ import annotations

from gradio_webrtc import Transcript
from gradio_webrtc.turns.transcription.turn_text import TurnText


def test_a_text_that_grows() -> None:
    text = TurnText()
    text.heard("What is")
    assert text.transcript() == Transcript("", "What is")
    text.heard("What is the cap")
    assert text.transcript() == Transcript("What is", "the cap")


def test_after_a_cut_only_what_follows_is_recognised() -> None:
    text = TurnText()
    text.heard("I know that.")
    text.heard("I know that. But what")
    text.cut("I know that.", 4_000)
    assert text.position == 4_000
    assert text.transcript() == Transcript("I know that.", "")
    text.heard("But what is")
    assert text.transcript() == Transcript("I know that.", "But what is")
    text.heard("But what is it")
    assert text.transcript() == Transcript("I know that. But what is", "it")


def test_committed_words_stay_across_a_cut() -> None:
    text = TurnText()
    for heard in ("a b c", "a b c d e", "a b c d e f"):
        text.heard(heard)
    assert text.transcript().committed == "a b c d e"
    text.cut("a b c", 100)
    assert text.transcript() == Transcript("a b c d e", "")
    text.heard("d e f g")
    assert text.transcript() == Transcript("a b c d e", "f g")


def test_the_final_text_of_a_short_turn_is_what_was_recognised_of_all_of_it() -> None:
    text = TurnText()
    text.heard("Watt is")
    text.heard("Watt is the")
    assert text.final("What is the time?") == Transcript("What is the time?", final=True)


def test_the_final_text_of_a_long_turn_has_all_of_it() -> None:
    text = TurnText()
    text.cut("I know that.", 100)
    text.heard("But watt")
    assert text.final("But what is it?") == Transcript("I know that. But what is it?", final=True)


def test_when_nobody_recognises_the_end_what_is_known_is_final() -> None:
    text = TurnText()
    text.cut("I know that.", 100)
    text.heard("But what")
    assert text.final() == Transcript("I know that. But what", final=True)
