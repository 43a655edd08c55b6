"""Moonshine as it is installed, with its real weights."""

from __future__ import annotations

import wave
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from gradio_webrtc.errors import SpeechEngineError
from gradio_webrtc.media.audio.pcm import Int16Array, Pcm
from gradio_webrtc.media.audio.resampler import resampled
from gradio_webrtc.speech.recognition.moonshine import MoonshineSTT
from gradio_webrtc.speech.recognition.moonshine_files import package_folder
from tests.support.moonshine_weights import needs_weights
from tests.support.noises import noises
from tests.support.spoken_clips import spoken_clips
from tests.support.synthetic_speech import say

pytestmark = needs_weights


@pytest.fixture(scope="module")
def ears() -> MoonshineSTT:
    model = MoonshineSTT("moonshine/tiny")
    model.load()
    return model


def a_person() -> tuple[int, Int16Array]:
    """Return six seconds of the recording of a person that the package with the weights carries."""
    folder = package_folder()
    assert folder is not None
    with wave.open(str(folder / "assets" / "two_cities.wav")) as file:
        rate = file.getframerate()
        return rate, np.frombuffer(file.readframes(6 * rate), np.int16)


def test_the_packages_weights_recognise_speech_of_any_rate(ears: MoonshineSTT):
    rate, said = a_person()
    assert rate == 48_000
    for other in (8000, 16_000, 48_000):
        heard = ears.stt((other, resampled(Pcm(rate, said[np.newaxis]), other, 1)))
        assert heard.startswith("It was the best of times, it was the worst of times"), other


def test_noises_are_no_words(ears: MoonshineSTT):
    """``make proof`` does so with 200."""
    heard = {name: ears.stt((16_000, clip)) for name, clip in noises(40)}
    assert not any(heard.values()), heard


def test_spoken_words_are_not_lost(ears: MoonshineSTT):
    """``make proof`` does so with 200."""
    heard = {name: ears.stt((16_000, clip)) for name, clip in spoken_clips(40)}
    assert all(heard.values()), heard


def test_short_words_in_noise_are_not_lost(ears: MoonshineSTT):
    """Noise 10 dB below them, in which the voice detector alone misses some."""
    lost = []
    for number, voice in enumerate(["en-us+f2", "en-us+f5", "en-us+m3", "en-gb+f4"]):
        said = say("no", voice, 16_000).astype(np.float64)
        noise = np.random.default_rng(number).normal(0, 1, len(said))
        noisy = said + noise * float(np.sqrt(np.mean(said**2))) * 10 ** (-10 / 20)
        if not ears.stt((16_000, np.clip(noisy, -32_768, 32_767).astype(np.int16))):
            lost.append(voice)
    assert not lost


def test_without_its_check_noise_would_be_words():
    deaf = MoonshineSTT("moonshine/tiny", check_voice=False)
    heard = [deaf.stt((16_000, clip)) for _, clip in noises(10)]
    assert "You" in heard, "or the tests above show nothing"


@pytest.mark.parametrize("word", ["yes", "no"])
def test_a_word_of_a_third_of_a_second_is_heard_once(ears: MoonshineSTT, word: str):
    said = say(word, "en-us", 16_000)
    assert len(said) < 0.45 * 16_000
    assert ears.stt((16_000, said)).strip(".,").lower() == word


def test_what_is_said_again_and_again_is_not_taken_for_a_loop(ears: MoonshineSTT):
    said = say("no, no, no, no, no", "en-us", 16_000)
    assert ears.stt((16_000, said)).lower().count("no") >= 4


def test_a_minute_of_noise_after_speech_adds_no_words(ears: MoonshineSTT):
    rate, said = a_person()
    noise = np.random.default_rng(1).normal(0, 100, 60 * rate).astype(np.int16)
    heard = ears.stt((rate, np.concatenate([said, noise])))
    assert heard.startswith("It was the best of times, it was the worst of times")
    assert len(heard.split()) <= len(ears.stt((rate, said)).split()) + 1


def test_many_threads_hear_what_one_hears(ears: MoonshineSTT):
    said = [(16_000, clip) for _, clip in spoken_clips(6, seed=3)]
    alone = [ears.stt(one) for one in said]
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(ears.stt, said)) == alone


@pytest.mark.parametrize("kept", [0.0, 0.5, 0.999])
def test_weights_that_are_cut_short_are_told_with_what_to_do(tmp_path: Path, kept: float):
    folder = package_folder()
    assert folder is not None
    weights = folder / "assets" / "tiny-en"
    for name in ("decoder_model_merged.ort", "tokenizer.bin"):
        (tmp_path / name).symlink_to(weights / name)
    whole = (weights / "encoder_model.ort").read_bytes()
    (tmp_path / "encoder_model.ort").write_bytes(whole[: int(kept * len(whole))])
    with pytest.raises(SpeechEngineError) as caught:
        MoonshineSTT("moonshine/tiny", folder=tmp_path).load()
    text = str(caught.value)
    assert f"cannot load {tmp_path}/encoder_model.ort" in text
    assert f"If it is damaged, copy the model's files to {tmp_path} anew." in text


def test_a_tokenizer_that_is_cut_short_between_two_words_is_told(tmp_path: Path):
    folder = package_folder()
    assert folder is not None
    weights = folder / "assets" / "tiny-en"
    for name in ("encoder_model.ort", "decoder_model_merged.ort"):
        (tmp_path / name).symlink_to(weights / name)
    content = (weights / "tokenizer.bin").read_bytes()
    at = 0
    for _ in range(20_000):
        at += 1 + content[at]
    (tmp_path / "tokenizer.bin").write_bytes(content[:at])
    with pytest.raises(SpeechEngineError, match="has 20000 pieces for 32768 tokens"):
        MoonshineSTT("moonshine/tiny", folder=tmp_path).load()
