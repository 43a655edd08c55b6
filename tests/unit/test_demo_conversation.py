"""What the conversation demo answers."""

from __future__ import annotations

import random
import sys
from types import ModuleType

import pytest

from tests.support import demos


@pytest.fixture
async def talk(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    demos.load("conversation")
    monkeypatch.setattr(random, "choice", lambda answers: answers[0])
    return sys.modules["small_talk"]


@pytest.mark.parametrize(
    ("heard", "answered"),
    [
        ("Hello there", "Hello! How was"),
        ("I am afraid of my dog", "So you are afraid of your dog."),
        ("i want a cup of coffee", "You want a cup of coffee."),
        ("my name is ada", "Nice to meet you, ada!"),
        ("could you help me", "Can I help you?"),
        ("do you like my hat", "You ask whether I like your hat."),
        ("what is a duck", "That is a good question."),
        ("the weather is {bad}", 'You say: "the weather is bad".'),
        ("goodbye", "Goodbye!"),
        ("", "I heard you, but"),
        ("?!", "I heard you, but"),
    ],
)
async def test_an_answer_takes_up_what_was_said(
    talk: ModuleType, heard: str, answered: str
) -> None:
    assert talk.answer(heard).startswith(answered)


async def test_a_long_speech_is_not_repeated_in_full(talk: ModuleType) -> None:
    assert len(talk.answer("the " + "very " * 500 + "end").split()) < 30


async def test_the_time_is_told_and_a_farewell_recognised(talk: ModuleType) -> None:
    assert ":" in talk.answer("what time is it")
    assert talk.is_farewell("Well, good bye then")
    assert not talk.is_farewell("a good buyer")
