"""The information line: answers callers, who may speak or press keys."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import datetime

import numpy as np

from gradio_webrtc import AdditionalOutputs, ReplyOnPause, get_stt_model, get_tts_model

Audio = tuple[int, np.ndarray]

WELCOME = (
    "Welcome to the information line. Ask me for the time, the day, or a joke. "
    "Or press one for the time, two for the day, and three for a joke."
)
JOKES = (
    "What is a telephone's favourite food? A ring of onions.",
    "Why did the telephone wear glasses? It had lost all its contacts.",
    "I called a number that was wrong. They were very sure that they were right.",
)
TOPICS = {"1": "time", "2": "day", "3": "joke"}


def answer(question: str, asked: int) -> str:
    """Return what there is to say to a question, the ``asked``-th one of the call."""
    now = datetime.now()
    if re.search(r"\b(time|clock)\b", question):
        return f"It is {now:%H:%M}."
    if re.search(r"\b(day|date|today)\b", question):
        return f"Today is {now:%A}, the {now.day}. of {now:%B}."
    if re.search(r"\b(joke|laugh|funny)\b", question):
        return random.choice(JOKES)
    if re.search(r"\b(bye|thanks?)\b", question):
        return f"You are welcome. You have asked {asked} times. Goodbye."
    return "That I do not know. I know the time, the day, and some jokes."


class InformationLine(ReplyOnPause):
    """One caller's conversation; every call has a copy of its own."""

    def __init__(self) -> None:
        super().__init__(self.reply, startup_fn=self.welcome, input_sample_rate=16_000)
        self.pressed = ""

    def copy(self) -> InformationLine:
        """Make the handler of one call."""
        return InformationLine()

    def welcome(self) -> Iterator[Audio]:
        """Speak first."""
        yield from get_tts_model().stream_tts_sync(WELCOME)

    def on_dtmf(self, digit: str) -> None:
        """Answer a key at once, whatever is being said."""
        self.pressed = TOPICS.get(digit, "")
        self.trigger_response()

    def reply(self, audio: Audio, asked: int = 0) -> Iterator[object]:
        """Answer a key, or what was said: (sample_rate, int16 array of shape (1, samples))."""
        question, self.pressed = self.pressed, ""
        if not question and audio[1].size:
            question = get_stt_model().stt(audio).lower()
        yield from get_tts_model().stream_tts_sync(answer(question, asked))
        yield AdditionalOutputs(asked + 1)  # what the next reply of this call begins with
