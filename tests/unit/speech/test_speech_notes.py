"""Whoever listens in the running code is told, and nobody else."""

from __future__ import annotations

from collections.abc import Generator
from contextvars import Context, copy_context

import numpy as np
import pytest

from gradio_webrtc import get_tts_model
from gradio_webrtc.speech.recognition.recent_transcripts import RecentTranscripts
from gradio_webrtc.speech.speech_notes import note_recognised, noted, speech_notes


class Notes:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.times = 0
        self.told: list[str | float] = []

    def recognised(self) -> None:
        self.times += 1

    def says(self, text: str) -> Notes:
        self.told.append(f"<{text}>")
        return self

    def piece(self, words: str) -> None:
        self.told.append(words)

    def sound(self, seconds: float) -> None:
        self.told.append(seconds)

    def done(self) -> None:
        self.told.append("done")


def listening() -> tuple[Notes, Context]:
    notes, context = Notes(), copy_context()
    context.run(speech_notes.set, notes)
    return notes, context


def test_only_the_code_that_runs_with_a_listener_tells_it() -> None:
    notes, context = listening()
    note_recognised()
    assert notes.times == 0
    context.run(note_recognised)
    assert notes.times == 1


def test_a_recogniser_tells_of_every_text_known_or_not_and_of_no_failure() -> None:
    notes, context = listening()
    recent, samples = RecentTranscripts(), np.ones(160, np.int16)

    def fail() -> str:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        context.run(recent.text_of, samples, fail)
    assert notes.times == 0
    for _ in range(2):
        assert context.run(recent.text_of, samples, lambda: "yes") == "yes"
    assert notes.times == 2


TEXT = "Good morning.  How are you?"


def test_each_piece_of_a_text_is_told_before_its_sound_is_handed_over() -> None:
    notes, context = listening()

    def speak() -> list[list[str | float]]:
        return [[*notes.told] for _ in get_tts_model("espeak").stream_tts_sync(TEXT)]

    first, second = context.run(speak)
    assert [each for each in first if isinstance(each, str)] == [f"<{TEXT}>", "Good morning."]
    assert [each for each in second if isinstance(each, str)][2:] == ["How are you?"]
    assert notes.told[-1] == "done"


def test_a_text_that_is_spoken_in_one_is_told_in_the_same_pieces() -> None:
    notes, context = listening()
    rate, samples = context.run(get_tts_model("espeak").tts, TEXT)
    words = [each for each in notes.told if isinstance(each, str)]
    assert words == [f"<{TEXT}>", "Good morning.", "How are you?", "done"]
    seconds = [each for each in notes.told if isinstance(each, float)]
    assert sum(seconds) == pytest.approx(samples.size / rate)


async def test_on_a_thread_of_the_engines_own_it_tells_the_same_listener() -> None:
    notes = Notes()
    token = speech_notes.set(notes)
    try:
        pieces = [piece async for piece in get_tts_model("espeak").stream_tts(TEXT)]
    finally:
        speech_notes.reset(token)
    assert len(pieces) == 2
    assert [each for each in notes.told if isinstance(each, str)][-2:] == ["How are you?", "done"]


def test_a_piece_may_come_in_parts_and_what_is_not_wanted_is_not_made() -> None:
    closed = []

    def pieces() -> Generator[tuple[str, int, np.ndarray], None, None]:
        try:
            for words in ("a", "", "b", ""):
                yield words, 100, np.zeros(50, np.int16)
        finally:
            closed.append(True)

    notes, context = listening()
    stream = noted("a b", pieces())
    for _ in range(3):
        context.run(next, stream)
    assert notes.told == ["<a b>", "a", 0.5, 0.5, "b", 0.5]
    stream.close()
    assert closed == [True]
    assert "done" not in notes.told
