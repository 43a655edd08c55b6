from __future__ import annotations

import pytest

from gradio_webrtc.error_words import MAX_WORDS, fixed_words, new_error_id, shortened, words_for
from gradio_webrtc.errors import ConfigurationError, MediaFormatError, WebRTCError


@pytest.mark.parametrize("error", [WebRTCError("Say it again."), MediaFormatError("No frame.")])
def test_words_made_for_the_person_are_shown(error: Exception) -> None:
    assert words_for(error, "0badcafe") == str(error)


@pytest.mark.parametrize("error", [ValueError("key sk-123"), ConfigurationError("key sk-123")])
def test_what_may_hold_a_secret_is_named_by_its_id(error: Exception) -> None:
    assert words_for(error, "0badcafe") == fixed_words("0badcafe")
    assert "0badcafe" in fixed_words("0badcafe")


def test_an_author_may_have_all_of_it_shown() -> None:
    assert words_for(ValueError("key"), "0badcafe", show_error=True) == "ValueError: key"
    assert words_for(ValueError(), "0badcafe", show_error=True) == "ValueError"


def test_long_words_are_cut() -> None:
    assert shortened("x" * MAX_WORDS) == "x" * MAX_WORDS
    assert shortened("x" * (MAX_WORDS + 1)) == "x" * (MAX_WORDS - 1) + "…"
    assert len(words_for(WebRTCError("x" * 10_000), "0badcafe")) == MAX_WORDS


def test_ids_are_eight_digits_and_differ() -> None:
    ids = {new_error_id() for _ in range(100)}
    assert len(ids) == 100
    assert all(len(each) == 8 and int(each, 16) >= 0 for each in ids)
