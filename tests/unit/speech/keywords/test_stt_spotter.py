"""Stop words heard by a speech recogniser, whose transcripts the test writes."""

from __future__ import annotations

import numpy as np
import pytest

from gradio_webrtc import KeywordModel, KeywordSpotter, Spotted
from gradio_webrtc.media.audio.pcm import Float32Array, Int16Array
from gradio_webrtc.speech.keywords.spotter import SPOTTER_RATE
from gradio_webrtc.speech.keywords.stt_spotter import STTKeywords

RATE = SPOTTER_RATE


class Script:
    """An ``STTModel`` that returns what the test wrote, and keeps what it was given."""

    def __init__(self, *texts: str) -> None:
        self.texts = list(texts)
        self.given: list[tuple[int, int]] = []

    def stt(self, audio: tuple[int, Int16Array | Float32Array]) -> str:
        self.given.append((audio[0], audio[1].size))
        return self.texts.pop(0) if self.texts else ""


def test_any_recogniser_is_a_spotter() -> None:
    model = Script("", "the Computer's", "ok, LAMA? Well")
    spotter = STTKeywords(model).spotter(["computer", "lama"])
    assert isinstance(spotter, KeywordSpotter)
    spotter.begin()
    half = np.ones(RATE // 2, np.int16)
    assert spotter.hear(half) is None
    assert spotter.hear(half) is None
    found = spotter.hear(half)
    assert found is not None
    assert found.word == "lama"
    # Before the word that follows it, and in the new sound or a little before.
    assert 0.75 <= found.end_s < 1.5
    assert model.given == [(RATE, RATE // 2), (RATE, RATE), (RATE, 3 * RATE // 2)]


def test_a_recogniser_gets_the_latest_sound_only_and_the_rest_at_the_pause() -> None:
    model = Script("", "", "", "", "", "", "", "", "okay computer")
    spotter = STTKeywords(model).spotter(["okay computer"])
    spotter.begin()
    for _ in range(8):
        assert spotter.hear(np.ones(RATE // 2, np.int16)) is None
    assert spotter.hear(np.ones(RATE // 5, np.int16)) is None
    found = spotter.finish()
    assert found == Spotted("okay computer", 4.2)
    assert max(size for _, size in model.given) == 5 * RATE // 2
    spotter.begin()
    assert spotter.finish() is None


def test_every_word_may_be_listened_for() -> None:
    model = STTKeywords(Script())
    assert isinstance(model, KeywordModel)
    model.check(["привет"])


def test_words_are_whole_and_the_first_one_counts() -> None:
    spotter = STTKeywords(Script("computers", "the lama and the computer")).spotter(
        ["computer", "lama"]
    )
    half = np.ones(RATE // 2, np.int16)
    assert spotter.hear(half) is None
    found = spotter.hear(half)
    assert found is not None
    assert found.word == "lama"


@pytest.mark.parametrize("samples", [RATE // 20 - 1, RATE // 20])
def test_next_to_nothing_new_is_not_transcribed_again(samples: int) -> None:
    model = Script("", "computer")
    spotter = STTKeywords(model).spotter(["computer"])
    spotter.hear(np.ones(RATE // 2, np.int16))
    spotter.hear(np.ones(samples, np.int16))
    assert (spotter.finish() is not None) == (samples == RATE // 20)


def test_a_turn_starts_afresh() -> None:
    model = Script()
    spotter = STTKeywords(model).spotter(["computer"])
    spotter.hear(np.ones(RATE // 2, np.int16))
    spotter.begin()
    spotter.hear(np.ones(RATE // 2, np.int16))
    assert model.given == [(RATE, RATE // 2), (RATE, RATE // 2)]
