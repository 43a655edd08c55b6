from __future__ import annotations

import numpy as np
import pytest

from gradio_webrtc.client.received import ReceivedAudio
from gradio_webrtc.testing.hearing import Hearing, contains, words_of

RATE = 8_000


def piece(at: float, level: int) -> ReceivedAudio:
    return ReceivedAudio(RATE, np.full((2, 160), level, np.int16), at)


def test_sound_with_short_pauses_is_one_stretch():
    hearing = Hearing()
    told: list[int] = []
    hearing.on_sound(lambda: told.append(1))
    levels = [0] * 5 + [1_000] * 10 + [0] * 20 + [1_000] * 5 + [0] * 50 + [2_000] * 2
    for number, level in enumerate(levels):
        hearing.hear(piece(number * 0.02, level))
    spans = [(each.began, each.ended) for each in hearing.stretches]
    assert np.allclose(spans, [(0.1, 0.8), (1.8, 1.84)])
    assert hearing.stretches[0].audio.size == pytest.approx(0.7 * RATE, abs=1)
    assert len(told) == 17
    hearing.hear(piece(2.3, 1_000))  # nothing was sent for 0.46 s
    assert hearing.stretches[1].audio.size == pytest.approx(0.52 * RATE, abs=1)
    assert hearing.after(0.5) is hearing.stretches[0]
    assert hearing.after(0.81) is hearing.stretches[1]
    assert hearing.after(2.4) is None


def test_a_stretch_can_be_ended_before_its_silence_is_long():
    hearing = Hearing()
    hearing.hear(piece(0.0, 1_000))
    hearing.end_stretch()
    hearing.hear(piece(0.02, 0))
    hearing.hear(piece(0.04, 1_000))
    assert [each.began for each in hearing.stretches] == [0.0, 0.04]


@pytest.mark.parametrize(
    ("heard", "wanted", "there"),
    [
        ("It's five o'clock!", "Five O'Clock", True),
        ("Café, au lait.", "cafe au", True),
        ("nothing else", "noth", False),
        ("one two three", "one three", False),
        ("", "word", False),
    ],
)
def test_words_are_found_whatever_the_marks(heard: str, wanted: str, there: bool):
    assert contains(heard, wanted) is there


def test_words_are_plain():
    assert words_of("  HELLO,\n world… ") == "hello world"
