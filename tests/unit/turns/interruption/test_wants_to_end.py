"""What the words say that somebody speaks into a reply."""

from __future__ import annotations

import pytest

from gradio_webrtc import InterruptionWords, interruption_words
from gradio_webrtc.turns.interruption.wants_to_end import wants_to_end

ENGLISH = interruption_words("en")


@pytest.mark.parametrize(
    "text",
    [
        "Stop!",
        "STOP",
        "No.",
        "No, no, no!",
        "Wait a minute.",
        "Okay, stop.",
        "Um, wait",
        "Yes, yes, but stop",
        "Could you stop?",
        "Well, no, I meant Paris.",
        "That\u2019s enough.",
        "Never mind",
    ],
)
def test_what_ends_a_reply(text: str) -> None:
    assert wants_to_end(text, ENGLISH) is True


@pytest.mark.parametrize(
    "text",
    [
        "Mm-hmm.",
        "Mhm",
        "Uh-huh.",
        "Yes.",
        "Yeah, right.",
        "Okay, I see.",
        "Oh, of course!",
        "Well, okay",
        "No problem.",
        "No way!",
        "Don't stop",
        "Ah, really?",
    ],
)
def test_what_shows_that_somebody_listens(text: str) -> None:
    assert wants_to_end(text, ENGLISH) is False


@pytest.mark.parametrize(
    "text",
    [
        "",
        "...",
        "A mem home",
        "What about tomorrow?",
        "Yes, but what about tomorrow",
        "Um",
        "So",
        "Right-click on it",
        "I said",
        "Nobody knows",
        "yes " * 13,
    ],
)
def test_what_words_do_not_say(text: str) -> None:
    assert wants_to_end(text, ENGLISH) is None


def test_words_of_ones_own() -> None:
    words = InterruptionWords(ends=frozenset({"basta"}), goes_on=frozenset({"sì", "va bene"}))
    assert wants_to_end("Basta!", words) is True
    assert wants_to_end("Sì, va bene.", words) is False
    assert wants_to_end("Stop", words) is None
    assert wants_to_end("Stop", InterruptionWords()) is None


def test_a_word_that_is_in_both_lists_lets_the_reply_go_on() -> None:
    words = InterruptionWords(ends=frozenset({"okay"}), goes_on=frozenset({"okay"}))
    assert wants_to_end("Okay", words) is False
