"""A text, and how sure a recogniser is of it."""

from __future__ import annotations

from gradio_webrtc.speech.recognition.recognised import Recognised, joined


def test_parts_are_as_sure_as_the_least_sure_that_says_something() -> None:
    parts = [Recognised("Hello.", 0.9), Recognised("", 0.1), Recognised("Who is there?", 0.7)]
    assert joined(parts) == Recognised("Hello. Who is there?", 0.7)


def test_nothing_is_no_text() -> None:
    assert joined([]).text == ""
    assert joined([Recognised("", 0.2)]).text == ""
