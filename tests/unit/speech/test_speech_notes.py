"""Whoever listens in the running code is told, and nobody else."""

from __future__ import annotations

from contextvars import copy_context

import numpy as np
import pytest

from gradio_webrtc.speech.recognition.recent_transcripts import RecentTranscripts
from gradio_webrtc.speech.speech_notes import note_recognised, speech_notes


class Notes:
    """Counts."""

    def __init__(self) -> None:
        self.times = 0

    def recognised(self) -> None:
        self.times += 1


def test_only_the_code_that_runs_with_a_listener_tells_it() -> None:
    notes, context = Notes(), copy_context()
    context.run(speech_notes.set, notes)
    note_recognised()
    assert notes.times == 0
    context.run(note_recognised)
    assert notes.times == 1


def test_a_recogniser_tells_of_every_text_known_or_not_and_of_no_failure() -> None:
    notes, context = Notes(), copy_context()
    context.run(speech_notes.set, notes)
    recent, samples = RecentTranscripts(), np.ones(160, np.int16)

    def fail() -> str:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        context.run(recent.text_of, samples, fail)
    assert notes.times == 0
    for _ in range(2):
        assert context.run(recent.text_of, samples, lambda: "yes") == "yes"
    assert notes.times == 2
