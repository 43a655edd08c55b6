"""The built-in recognition."""

from __future__ import annotations

import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from gradio_webrtc import STTModel, get_stt_model
from gradio_webrtc.errors import ConfigurationError, MediaFormatError
from gradio_webrtc.speech.recognition.sphinx import SphinxSTT
from gradio_webrtc.speech.synthesis.espeak import EspeakTTS

pytestmark = pytest.mark.skipif(
    sys.version_info >= (3, 14), reason="pocketsphinx has no wheels for Python 3.14"
)

COUNTING = "one two three four five"


@pytest.fixture(scope="module")
def model() -> SphinxSTT:
    """The process's own: a decoder takes about a second to load."""
    found = get_stt_model("sphinx")
    assert isinstance(found, SphinxSTT)
    assert isinstance(found, STTModel)
    return found


@pytest.fixture(scope="module")
def counting() -> tuple[int, np.ndarray]:
    return EspeakTTS().tts(COUNTING)


def test_hears_what_was_said(model: SphinxSTT, counting):
    assert model.stt(counting) == COUNTING


@pytest.mark.parametrize("seconds", [0.0, 0.05, 2.0])
def test_silence_and_next_to_nothing_are_no_words(model: SphinxSTT, seconds: float):
    assert model.stt((16_000, np.zeros(int(seconds * 16_000), np.int16))) == ""


def test_what_is_no_sound_is_refused(model: SphinxSTT):
    with pytest.raises(MediaFormatError, match=r"Expected audio as \(sample_rate, array\)"):
        model.stt(np.zeros(100, np.int16))


class Slow:
    """A decoder that counts how many recognise at once."""

    made = 0
    busy = 0
    most_busy = 0
    lock = threading.Lock()
    heard: list[np.ndarray]

    def __init__(self) -> None:
        Slow.made += 1

    def recognise(self, samples: np.ndarray) -> str:
        with Slow.lock:
            Slow.busy += 1
            Slow.most_busy = max(Slow.most_busy, Slow.busy)
        time.sleep(0.02)
        with Slow.lock:
            Slow.busy -= 1
        self.heard.append(samples)
        if samples.size > 100_000:
            raise RuntimeError("broken")
        return "words"


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> type[Slow]:
    Slow.made = Slow.busy = Slow.most_busy = 0
    Slow.heard = []
    monkeypatch.setattr("gradio_webrtc.speech.recognition.sphinx.new_decoder", Slow)
    return Slow


def test_takes_any_shape_rate_and_dtype_and_gives_the_decoder_the_same_each_time(slow, counting):
    rate, samples = counting
    for given in (
        samples,
        samples,
        samples[np.newaxis],
        np.stack([samples, samples]),
        samples.astype(np.float32) / 32768,
    ):
        SphinxSTT().stt((rate, given))
    first = slow.heard[0]
    assert first.dtype == np.int16
    assert len(first) / 16_000 == pytest.approx(len(samples) / rate + 0.5, abs=0.01)
    for other in slow.heard[1:]:
        assert np.abs(other.astype(int) - first).max() <= 1


def test_one_decoder_serves_those_who_come_one_by_one_and_a_few_those_at_once(slow, counting):
    model = SphinxSTT(most_decoders=2)
    rate, samples = counting
    for number in range(3):
        model.stt((rate, samples[number:]))
    assert slow.made == 1
    with ThreadPoolExecutor(8) as pool:
        words = list(pool.map(model.stt, [(rate, samples[n:]) for n in range(10, 26)]))
    assert words == ["words"] * 16
    assert (slow.made, slow.most_busy) == (2, 2)


def test_audio_that_is_asked_for_again_is_not_recognised_again(slow, counting):
    model = SphinxSTT()
    rate, samples = counting
    for _ in range(3):
        assert model.stt((rate, samples)) == "words"
    assert len(slow.heard) == 1
    model.stt((rate, samples[1:]))
    assert len(slow.heard) == 2


def test_a_decoder_that_failed_is_not_used_again_and_blocks_nobody(slow, counting):
    model = SphinxSTT(most_decoders=1)
    with pytest.raises(RuntimeError, match="broken"):
        model.stt((16_000, np.ones(200_000, np.int16)))
    assert model.stt(counting) == "words"
    assert slow.made == 2


def test_a_model_without_decoders_is_refused():
    with pytest.raises(ConfigurationError, match="most_decoders"):
        SphinxSTT(most_decoders=0)
