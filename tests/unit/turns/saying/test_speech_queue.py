"""What is said next, and what is refused."""

from __future__ import annotations

import pytest

from gradio_webrtc import SessionClosedError, SpeechHandle, SpeechRefusedError
from gradio_webrtc.handlers.saying.speech_handle import When
from gradio_webrtc.turns.saying.speech_queue import MAX_WAITING, Speech, SpeechQueue


def speech(when: When) -> Speech:
    return Speech("text", when, None, SpeechHandle(lambda _: None))


def test_what_is_for_now_comes_first_and_only_then_the_order_counts():
    queue = SpeechQueue()
    order: tuple[When, ...] = ("next_silence", "unless_spoken", "now", "now")
    a, b, c, d = (speech(when) for when in order)
    for each in (a, b, c, d):
        queue.put(each)
    assert queue.next(quiet=False, may_interrupt=False) is None
    assert queue.next(quiet=False, may_interrupt=True) is c
    assert queue.next(quiet=True, may_interrupt=True) is d
    assert queue.next(quiet=False, may_interrupt=True) is None
    queue.person_spoke()
    assert b.handle.result().reason == "spoken_first"
    assert queue.next(quiet=True, may_interrupt=True) is a
    assert queue.next(quiet=True, may_interrupt=True) is None


def test_it_is_bounded_and_closed():
    queue = SpeechQueue()
    waiting = [speech("now") for _ in range(MAX_WAITING)]
    for each in waiting:
        queue.put(each)
    with pytest.raises(SpeechRefusedError):
        queue.put(speech("now"))
    queue.cancel(waiting[3].handle)
    assert waiting[3].handle.result().reason == "cancelled"
    queue.put(speech("now"))
    queue.close()
    queue.close()
    assert waiting[0].handle.result().reason == "session_ended"
    with pytest.raises(SessionClosedError):
        queue.put(speech("now"))
