"""``python -m bench tts``."""

from __future__ import annotations

import time
from collections.abc import Generator

import numpy as np
import pytest

from bench.tts import __main__ as command
from bench.tts.measure import Spoken, longest_gap, measure, speak
from gradio_webrtc.speech.synthesis.espeak import EspeakTTS


class Slow(EspeakTTS):
    """Gives 0.1 s of sound at once, and the same again 0.2 s later."""

    def stream_tts_sync(self, text, options=None) -> Generator:
        yield 1000, np.ones(100, np.int16)
        time.sleep(0.2)
        yield 1000, np.ones(100, np.int16)


def test_the_first_sound_the_whole_and_gaps_are_measured():
    spoken = speak(Slow(), "x")
    assert spoken.first_s < 0.1
    assert spoken.lasts_s == pytest.approx(0.2)
    assert longest_gap(Slow(), "x") == pytest.approx(0.1, abs=0.08)


def test_a_voice_that_keeps_up_leaves_no_gap(monkeypatch):
    monkeypatch.setattr("bench.tts.measure.STORY", "Yes. No.")
    answers, gap = measure(EspeakTTS(), 1)
    assert len(answers) == 8
    assert gap < 0.02


@pytest.mark.parametrize(
    ("name", "first_s", "gap_s", "kept"),
    [("piper", 0.119, 0.0, True), ("piper", 0.121, 0.0, False), ("piper", 0.1, 0.03, False),
     ("other", 9.0, 0.0, True)],
)  # fmt: skip
def test_the_row_tells_whether_the_budget_is_kept(name, first_s, gap_s, kept):
    cells, within = command.row(name, [Spoken(first_s, 0.1, 0.2, 2.0)] * 3, gap_s)
    assert within is kept
    assert len(cells) == len(command.HEADING)
    assert cells[3] == ("ok" if kept else "over")
    assert cells[5] == "0.100"


def test_an_unknown_engine_is_told(capsys):
    assert command.main(["--engines", "parrot", "--all-cores"]) == 2
    assert "no engine 'parrot'" in capsys.readouterr().err
