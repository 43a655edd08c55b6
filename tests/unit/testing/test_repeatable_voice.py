"""What a test says sounds the same whatever was said before."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from gradio_webrtc import ConfigurationError, EspeakTTSOptions
from gradio_webrtc.speech.synthesis.espeak import EspeakTTS
from gradio_webrtc.testing.repeatable_voice import repeatably_spoken
from gradio_webrtc.testing.speech import spoken

TEXT = "What is the capital of France? Tell me, please."


def test_it_sounds_alike_after_other_words_and_on_any_thread() -> None:
    ordinary = EspeakTTS()
    rate, first = repeatably_spoken(TEXT)
    ordinary.tts("Fish and chips.")
    repeatably_spoken("Something else.")
    on_threads: list[np.ndarray] = []
    threads = [
        threading.Thread(target=lambda: on_threads.append(repeatably_spoken(TEXT)[1]))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert rate == 22_050
    assert len(on_threads) == 3
    assert all(np.array_equal(first, other) for other in on_threads)


def test_the_ordinary_voice_is_another_by_what_it_said_before() -> None:
    """The reason for all this: if it fails, espeak-ng was mended and the copy may go."""
    voice = EspeakTTS()
    takes = []
    for before in ("Fish and chips.", "How are you?", "Stop.", "A long way to go from here."):
        voice.tts(before)
        takes.append(voice.tts(TEXT)[1])
    assert any(not np.array_equal(takes[0], other) for other in takes[1:])


def test_a_scripted_callers_voice_and_its_options() -> None:
    _, plain = spoken("How are you?", EspeakTTS())
    _, slow = spoken("How are you?", EspeakTTS(EspeakTTSOptions(speed=0.6)))
    assert slow.size > 1.3 * plain.size
    with pytest.raises(ConfigurationError):
        repeatably_spoken("hello", EspeakTTSOptions(voice="no-such-voice"))
