"""What the computer that is called by its name answers."""

from __future__ import annotations

import sys

import pytest

from tests.support import demos


@pytest.mark.parametrize(
    ("heard", "answered"),
    [
        ("what time is it", "It is "),
        ("the deli on joke", ("Why", "I would", "There")),
        ("roll a die", "You rolled a "),
        ("who are you", "I am a computer"),
        ("", ("I heard", "Forty", "I have")),
    ],
)
async def test_it_answers_by_the_words_that_came_through(
    heard: str, answered: str | tuple[str, ...]
) -> None:
    demos.load("hello_computer")
    assert sys.modules["machine"].answer(heard).startswith(answered)
