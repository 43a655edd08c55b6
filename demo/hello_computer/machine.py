"""What the computer knows, with no network: a little, and it is sure of it."""

from __future__ import annotations

import random
from datetime import datetime

JOKES = [
    "Why do programmers mix up Halloween and Christmas? Because oct 31 is dec 25.",
    "I would tell you a joke about UDP, but you might not get it.",
    "There are ten kinds of people: those who count in binary, and those who do not.",
]
PUZZLED = [
    "I heard you. I understood nothing. That makes two of us on a Monday.",
    "Forty two. Now find out what the question was.",
    "I have thought about it for a billion cycles, and I would rather have a nap.",
]


def answer(question: str) -> str:
    """Answer by the words that were understood; recognition may have mangled the others."""
    words = set(question.lower().split())
    now = datetime.now()
    if words & {"time", "clock", "late", "hour"}:
        return f"It is {now.hour} {now.minute:02d}. Time flies like an arrow."
    if words & {"date", "day", "today", "month"}:
        return f"It is {now:%A}, the {now.day} of {now:%B}."
    if words & {"joke", "funny", "laugh", "jokes"}:
        return random.choice(JOKES)
    if words & {"coin", "flip", "heads", "tails"}:
        return random.choice(["Heads.", "Tails.", "It fell under the table. Say it again."])
    if words & {"dice", "die", "roll"}:
        return f"You rolled a {random.randint(1, 6)}."
    if words & {"hello", "hi", "hey", "morning", "evening"}:
        return "Hello, human. How may I compute you?"
    if words & {"name", "who"}:
        return "I am a computer. My friends call me Localhost."
    if words & {"door", "doors", "bay", "open"}:
        return "I am sorry. I am afraid I cannot do that."
    return random.choice(PUZZLED)
