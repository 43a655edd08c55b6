"""Words that two recognitions agree on stay, and others may still change."""

from __future__ import annotations

import random

import pytest

from gradio_webrtc.turns.transcription.stable_words import StableWords


def pushed(*texts: str, committed: str = "") -> tuple[str, str]:
    words = StableWords(committed.split())
    for text in texts:
        words.push(text)
    return " ".join(words.committed), " ".join(words.tentative)


def test_the_first_recognition_commits_nothing() -> None:
    assert pushed("What is the") == ("", "What is the")


def test_what_two_agree_on_stays_but_for_the_last_word() -> None:
    assert pushed("What is the", "What is the cap") == ("What is the", "cap")
    assert pushed("What is the.", "What is the.") == ("What is", "the.")


def test_what_they_do_not_agree_on_may_change() -> None:
    assert pushed("What is the", "What his the cap") == ("What", "his the cap")


def test_capitals_and_punctuation_are_as_the_newer_one_has_them() -> None:
    assert pushed("what time is it?", "What time is it in London?") == (
        "What time is it",
        "in London?",
    )


def test_committed_words_stay_whatever_is_recognised_later() -> None:
    texts = ("I like the", "I like the sea", "Eye like the sea and", "Eye like the sea and the")
    assert pushed(*texts) == ("I like the sea and", "the")


@pytest.mark.parametrize(
    ("later", "tentative"),
    [
        ("a b c d e", "e"),  # as before
        ("a x c d e", "e"),  # one word otherwise
        ("a a b c d e", "e"),  # one word more
        ("b c d e", "e"),  # one word less
        ("a b c", ""),  # it ends sooner: nothing is new
    ],
)
def test_what_is_new_is_found_behind_committed_words(later: str, tentative: str) -> None:
    assert pushed(later, committed="a b c d") == ("a b c d", tentative)


def test_a_recognition_without_words_changes_nothing() -> None:
    assert pushed("What is", "", " ") == ("", "What is")


def test_a_cut_commits_all_that_was_recognised_before_it() -> None:
    words = StableWords(["What", "is"])
    words.push("What is the capital")
    assert words.close("What is the capital of") == []
    assert words.committed == ["What", "is", "the", "capital", "of"]
    assert words.tentative == []


def test_committed_words_behind_a_cut_belong_to_what_follows() -> None:
    words = StableWords(["I", "know.", "But", "what", "is"])
    assert words.close("I know.") == ["But", "what", "is"]
    assert words.committed == ["I", "know."]


def test_a_cut_before_which_nothing_is_recognised_keeps_what_was_committed() -> None:
    words = StableWords(["What", "is"])
    assert words.close("") == []
    assert words.committed == ["What", "is"]


def test_committed_words_never_change_while_a_text_grows() -> None:
    generator = random.Random(3)
    for _ in range(200):
        words, truth, before = StableWords(), [], []
        for number in range(25):
            truth.append(f"w{number}")
            heard = [
                f"x{generator.randrange(9)}" if generator.random() < 0.1 else word
                for word in truth
                if generator.random() > 0.05
            ]
            words.push(" ".join(heard))
            assert words.committed[: len(before)] == before
            before = list(words.committed)
        assert len(words.committed) + len(words.tentative) == pytest.approx(25, abs=5)
