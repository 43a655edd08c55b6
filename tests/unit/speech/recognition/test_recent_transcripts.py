"""An utterance is recognised once, however many ask for it."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NoReturn

import numpy as np
import pytest

from gradio_webrtc.media.audio.pcm import Int16Array
from gradio_webrtc.speech.recognition.recent_transcripts import RecentTranscripts

PATIENCE_S = 30.0


def utterance(number: int = 0) -> Int16Array:
    return np.full(16_000, number, np.int16)


def never() -> NoReturn:
    pytest.fail("recognised again")


class Recogniser:
    """Says ``words``, or raises them, when it is let go."""

    def __init__(self, words: str | BaseException) -> None:
        self.words = words
        self.begun = threading.Event()
        self.let_go = threading.Event()

    def __call__(self) -> str:
        self.begun.set()
        assert self.let_go.wait(PATIENCE_S)
        if isinstance(self.words, BaseException):
            raise self.words
        return self.words


def both(first: Recogniser, second: Callable[[], str]) -> tuple[Future[str], Future[str]]:
    """Ask for the same audio twice, the second time while the first one is at it."""
    recent, ident = RecentTranscripts(), threading.Event()
    thread: list[int] = []

    def ask_second() -> str:
        thread.append(threading.get_ident())
        ident.set()
        return recent.text_of(utterance(), second)

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(recent.text_of, utterance(), first)
        assert first.begun.wait(PATIENCE_S)
        other = pool.submit(ask_second)
        assert ident.wait(PATIENCE_S)
        deadline = time.monotonic() + PATIENCE_S
        while not other.done() and not waits_for_a_future(thread[0]):
            assert time.monotonic() < deadline
            time.sleep(0.001)
        first.let_go.set()
    return one, other


def waits_for_a_future(ident: int) -> bool:
    frame = sys._current_frames().get(ident)
    while frame is not None:
        if frame.f_code is Future.result.__code__:
            return True
        frame = frame.f_back
    return False


def test_the_same_audio_is_recognised_once():
    recent = RecentTranscripts()
    assert recent.text_of(utterance(), lambda: "words") == "words"
    assert recent.text_of(utterance(), never) == "words"
    assert recent.text_of(np.repeat(utterance(), 2)[::2], never) == "words", "in strides"


def test_nothing_said_is_remembered_as_well():
    recent = RecentTranscripts()
    assert recent.text_of(utterance(), lambda: "") == ""
    assert recent.text_of(utterance(), never) == ""


def test_a_sample_more_or_other_is_another_utterance():
    recent = RecentTranscripts()
    other = utterance()
    other[-1] = 1
    for number, samples in enumerate([utterance(), utterance()[:-1], other]):
        text = recent.text_of(samples, lambda number=number: str(number))
        assert text == str(number)


def test_whoever_comes_while_it_is_recognised_waits_for_that():
    first, second = both(Recogniser("words"), never)
    assert (first.result(), second.result()) == ("words", "words")


def test_a_failure_is_told_to_all_who_wait_and_is_not_kept():
    first, second = both(Recogniser(ValueError("broken")), never)
    for asked in (first, second):
        with pytest.raises(ValueError, match="broken"):
            asked.result()
    recent = RecentTranscripts()
    with pytest.raises(ValueError, match="broken"):
        recent.text_of(utterance(), lambda: str(int("broken")))
    assert recent.text_of(utterance(), lambda: "words") == "words"


def test_when_the_thread_that_recognises_is_interrupted_who_waits_does_it():
    first, second = both(Recogniser(SystemExit()), lambda: "words")
    assert isinstance(first.exception(), SystemExit)
    assert second.result() == "words"


def test_only_the_last_few_are_kept():
    recent = RecentTranscripts(most=2)
    for number in (1, 2):
        recent.text_of(utterance(number), lambda number=number: str(number))
    assert recent.text_of(utterance(1), never) == "1", "asked for again: 2 is the oldest now"
    recent.text_of(utterance(3), lambda: "3")
    assert recent.text_of(utterance(1), never) == "1"
    assert recent.text_of(utterance(2), lambda: "again") == "again"
