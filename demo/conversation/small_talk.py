"""Answers to what somebody says, by rules: enough for a conversation with nothing to install."""

from __future__ import annotations

import random
import re
from datetime import datetime

MIRROR = {
    "i": "you", "me": "you", "my": "your", "mine": "yours", "myself": "yourself", "am": "are",
    "i'm": "you are", "i've": "you have", "i'll": "you will", "was": "were", "you": "I",
    "your": "my", "yours": "mine", "yourself": "myself", "you're": "I am", "you've": "I have",
}  # fmt: skip
"""The same words from the other side: "my dog likes you" is "your dog likes I" to the listener."""

RULES: list[tuple[str, list[str]]] = [
    (
        r"\b(?:good ?bye|bye)\b",
        ["Goodbye! It was good to talk to you."],
    ),
    (
        r"\b(?:hello|hi|hey|good (?:morning|evening|afternoon))\b",
        ["Hello! How was your day?", "Hello there! What is on your mind?"],
    ),
    (
        r"\bwhat (?:time is it|is the time)\b|\btime is it\b",
        ["My clock says {time}. Do you have to be somewhere?"],
    ),
    (
        r"\byour name\b|\bwho are you\b",
        ["I have no name yet. I am a few rules and a voice. What would you call me?"],
    ),
    (
        r"\bmy name is (\w+)",
        ["Nice to meet you, {0}! What shall we talk about?"],
    ),
    (
        r"\bthank(?:s| you)\b",
        ["You are welcome! Is there anything else?"],
    ),
    (
        r"\bi (?:feel|am feeling) (.+)",
        ["You feel {0}. Since when? And what would change it?"],
    ),
    (
        r"\b(?:i am|i'm) (.+)",
        ["So you are {0}. How long has that been? And do you like it?"],
    ),
    (
        r"\bi (want|need|like|love|hate|think|remember|know) (.+)",
        ["You {0} {1}. Tell me why. I have time."],
    ),
    (
        r"\b(?:can|could|will|would) you (.+)",
        ["Can I {0}? Perhaps one day. Today I can only talk."],
    ),
    (
        r"\b(?:are you|do you) (.+)",
        ["You ask whether I {0}. What made you think of that?"],
    ),
    (
        r"\bmy (mother|father|sister|brother|wife|husband|son|daughter|friend|dog|cat|work|job)\b",
        ["Your {0}! I would like to hear more about that. What happened?"],
    ),
    (
        r"^(?:why|how|what|where|when|who)\b",
        ["That is a good question. I do not know. What would be your guess?"],
    ),
    (
        r"^(?:yes|yeah|sure|of course)\b",
        ["I thought so. Go on, please."],
    ),
    (
        r"^no\b",
        ["No? That surprises me. Why not?"],
    ),
]
"""Regular expressions in the order in which they are tried, and what may be answered."""

OTHERWISE = [
    'You say: "{0}". I see. What else should I know?',
    '"{0}". I had not thought of it that way. Tell me more.',
]
NOT_UNDERSTOOD = ["I heard you, but I did not understand. Could you say it again?"]
LONGEST = 12  # words that are said back; more than that nobody wants to hear again


def mirrored(words: str) -> str:
    """Return ``words`` as the listener would say them of the speaker."""
    return " ".join(MIRROR.get(word, word) for word in words.split()[:LONGEST])


def answer(heard: str) -> str:
    """Return some sentences in answer to ``heard``, which may be empty or misheard."""
    heard = " ".join(re.sub(r"[^\w' ]", " ", heard.lower()).split())
    if not heard:
        return random.choice(NOT_UNDERSTOOD)
    for pattern, answers in RULES:
        if found := re.search(pattern, heard):
            words = [mirrored(group) for group in found.groups()]
            return random.choice(answers).format(*words, time=f"{datetime.now():%H:%M}")
    return random.choice(OTHERWISE).format(mirrored(heard))


def is_farewell(heard: str) -> bool:
    """Return whether somebody says goodbye."""
    return re.search(RULES[0][0], heard.lower()) is not None
