"""A reply as code on a worker sees it: messages out, news in."""

from __future__ import annotations

import pickle
from contextvars import copy_context
from typing import Any

import pytest

from gradio_webrtc import ConfigurationError, current_reply
from gradio_webrtc.speech.speech_notes import note_recognised, noted
from gradio_webrtc.turns.replies.current_reply import Reply
from gradio_webrtc.turns.replies.remote_reply import carry_reply, news_of, restore_reply


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_what_is_noted_there_is_noted_here_and_what_was_heard_is_known_there() -> None:
    clock, played = Clock(), Clock()
    reply = Reply(played, clock)
    there = copy_context()

    def work() -> None:
        surrounding = reply._context(copy_context()).run(carry_reply)
        assert surrounding is not None
        state = pickle.loads(pickle.dumps(surrounding.state))
        take = there.run(restore_reply, state, surrounding.receive)
        there.run(step_one)
        played.now = 2.5
        take(surrounding.news())
        there.run(step_two)
        reply._end(interrupted=True)
        played.now = 9
        take(surrounding.news())
        there.run(step_three)

    def step_one() -> None:
        mine = current_reply()
        assert (mine.heard_s, mine.interrupted, mine.ended, mine.speculative) == (0, 0, 0, 0)
        clock.now = 1.0
        mine.mark("looked_up")
        mine.speaking("one two", 1.0)
        note_recognised()
        with pytest.raises(ConfigurationError):
            mine.speaking(3)  # type: ignore[arg-type]

    def step_two() -> None:
        mine = current_reply()
        assert mine.heard_s == 2.5
        assert mine.text == "one two"
        assert mine.heard_text == "one two"

    def step_three() -> None:
        mine = current_reply()
        assert mine.heard_s == 2.5
        assert mine.interrupted
        assert mine.ended

    work()
    assert reply.marks == {"looked_up": 1.0, "first_token": 1.0, "transcribed": 1.0}
    assert reply.text == "one two"


def test_a_voice_there_tells_its_words_here() -> None:
    import numpy as np

    reply = Reply(lambda: 0.0)

    def pieces() -> Any:
        yield "three ", 8_000, np.zeros(8_000, np.int16)
        yield "four", 8_000, np.zeros(8_000, np.int16)

    def speak() -> None:
        surrounding = carry_reply()
        assert surrounding is not None
        copy_context().run(worker, surrounding)

    def worker(surrounding: Any) -> None:
        restore_reply(surrounding.state, surrounding.receive)
        assert len(list(noted("three four", pieces()))) == 2

    reply._context(copy_context()).run(speak)
    assert reply.text == "three four"
    assert news_of(reply)["text"] == "three four"


def test_without_a_reply_nothing_is_carried() -> None:
    assert carry_reply() is None
