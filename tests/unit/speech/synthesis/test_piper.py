"""Piper voices, with a tiny model of their signature."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from gradio_webrtc import PiperTTSOptions, TTSModel, get_tts_model
from gradio_webrtc.errors import ConfigurationError, MissingExtraError, SpeechEngineError
from gradio_webrtc.speech.synthesis.piper import PiperTTS
from tests.support.leaks import left_threads
from tests.support.tiny_piper import make_cut_piper, make_piper
from tests.support.tiny_speech_models import make_end_of_turn

HELLO = 17
"""Ids of "Hello.": start and end, seven symbols (h schwa l stress o upsilon, full stop), pads."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_piper(tmp_path_factory.mktemp("piper"))


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_piper(tmp_path_factory.mktemp("many"), speakers=("ada", "bob", "eve"))


@pytest.fixture
def voice(folder: Path) -> PiperTTS:
    return PiperTTS(voice=folder)


def test_speaks_at_the_rate_of_the_voice_with_its_scales(voice: PiperTTS):
    rate, samples = voice.tts("Hello.")
    assert (rate, samples.dtype, samples.shape) == (16_000, np.float32, (HELLO * 100,))
    assert samples[0] == pytest.approx(0.5)


def test_options_reach_the_model(voice: PiperTTS):
    def spoken(**options: object) -> np.ndarray:
        return voice.tts("Hello.", PiperTTSOptions(**options))[1]

    assert len(spoken(speed=2.0)) == HELLO * 50
    assert spoken(noise_scale=0.25)[0] == pytest.approx(0.25)
    assert len(PiperTTS(PiperTTSOptions(speed=0.5), voice=voice._source).tts("Hello.")[1]) == (
        HELLO * 200
    )


def test_a_speaker_is_chosen_by_name_or_number(many: Path):
    voice = PiperTTS(voice=many)
    assert voice.speakers() == ["ada", "bob", "eve"]
    for speaker, value in [(None, 0.5), ("ada", 0.5), ("eve", 0.7), (1, 0.6)]:
        samples = voice.tts("Hello.", PiperTTSOptions(speaker=speaker))[1]
        assert samples[0] == pytest.approx(value)


@pytest.mark.parametrize("speaker", ["zoe", 3, -1])
def test_an_unknown_speaker_is_answered_with_those_there_are(many: Path, speaker: str | int):
    with pytest.raises(ConfigurationError, match=r"no speaker .* has 3, .*ada, bob, eve"):
        PiperTTS(voice=many).tts("Hello.", PiperTTSOptions(speaker=speaker))
    with pytest.raises(ConfigurationError, match="no speaker"):
        PiperTTS(PiperTTSOptions(speaker=speaker), voice=many).load()


def test_a_voice_of_one_speaker_takes_number_0_only(voice: PiperTTS):
    assert len(voice.tts("Hello.", PiperTTSOptions(speaker=0))[1]) == HELLO * 100
    with pytest.raises(ConfigurationError, match=r"no speaker 'ada'\. It has 1, from number 0\."):
        voice.tts("Hello.", PiperTTSOptions(speaker="ada"))


def test_the_first_clause_comes_first(voice: PiperTTS):
    text = "Well, that is a rather long story, if you like stories at all. Hello."
    pieces = [samples for _, samples in voice.stream_tts_sync(text)]
    assert len(pieces) == 3
    assert len(pieces[0]) == len(voice.tts("Well, that is a rather long story,")[1])


def test_a_sentence_is_heard_from_its_beginning_on(tmp_path: Path):
    voice = PiperTTS(voice=make_cut_piper(tmp_path))
    pieces = [samples for _, samples in voice.stream_tts_sync("Hello.")]
    assert [len(piece) // 256 for piece in pieces] == [24, 72, 216, 28]
    assert np.array_equal(np.concatenate(pieces), voice.tts("Hello.")[1])


async def test_closing_an_async_stream_early_leaves_no_thread(voice: PiperTTS):
    before = set(threading.enumerate())
    stream = voice.stream_tts("Hello. " * 50)
    assert len((await stream.__anext__())[1]) == HELLO * 100
    await stream.aclose()
    assert left_threads(before) == set()


@pytest.mark.parametrize("text", ["", "  ", "\n\n", "...!?", "\u2014", '"', "***", "( )"])
def test_nothing_to_say_is_no_sound(voice: PiperTTS, text: str):
    rate, samples = voice.tts(text)
    assert (rate, samples.shape, samples.dtype) == (16_000, (0,), np.float32)
    assert list(voice.stream_tts_sync(text)) == []


def test_ten_thousand_characters_are_spoken_in_pieces(voice: PiperTTS):
    pieces = [samples for _, samples in voice.stream_tts_sync("It is certain " * 715)]
    assert 40 < len(pieces) < 100
    assert max(map(len, pieces)) < 200 * 2 * 2 * 100


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "<speak>", "%s %n", "\u65e5\u672c\u8a9e"])
def test_any_text_may_come(voice: PiperTTS, text: str):
    assert voice.tts(text)[1].dtype == np.float32


def test_what_is_beyond_full_scale_is_rounded_not_clipped(voice: PiperTTS):
    samples = voice.tts("Hello.", PiperTTSOptions(noise_scale=1.05))[1]
    assert np.abs(samples).max() == pytest.approx(0.9905, abs=1e-4)


def test_the_registry_makes_one_for_each_voice(folder: Path, many: Path):
    one = get_tts_model("piper", voice=folder)
    assert isinstance(one, TTSModel)
    assert one is get_tts_model("piper", voice=folder)
    assert one is not get_tts_model("piper", voice=many)


def test_wrong_arguments_are_refused(voice: PiperTTS):
    with pytest.raises(ConfigurationError, match="Expected a text to speak; got bytes"):
        voice.tts(b"Hello")
    with pytest.raises(ConfigurationError, match="PiperTTSOptions"):
        voice.tts("Hello.", {"speed": 2})


@pytest.mark.parametrize(
    "wrong",
    [
        {"speed": 3},
        {"speed": float("nan")},
        {"noise_scale": -1},
        {"noise_w": "x"},
        {"speaker": 1.5},
    ],
)
def test_options_that_cannot_work_are_refused(wrong: dict[str, object]):
    with pytest.raises(ConfigurationError, match=next(iter(wrong))):
        PiperTTSOptions(**wrong)


def test_a_damaged_or_other_model_is_a_typed_error(tmp_path: Path):
    make_piper(tmp_path)
    (tmp_path / "tiny.onnx").write_bytes(b"\x08\x07 not a model")
    with pytest.raises(SpeechEngineError, match=r"cannot load .*tiny\.onnx"):
        PiperTTS(voice=tmp_path).load()
    make_end_of_turn(tmp_path / "tiny.onnx")
    with pytest.raises(SpeechEngineError, match="lacks the inputs input, input_lengths, scales"):
        PiperTTS(voice=tmp_path).load()


def test_a_language_that_espeak_lacks_is_a_typed_error(tmp_path: Path):
    make_piper(tmp_path, espeak={"voice": "xx-klingon"})
    with pytest.raises(SpeechEngineError, match=r"tiny\.onnx\.json asks for .*'xx-klingon'"):
        PiperTTS(voice=tmp_path).load()


def test_voices_of_letters_need_no_phonemes(tmp_path: Path):
    voice = PiperTTS(voice=make_piper(tmp_path, phoneme_type="text", espeak={}))
    assert len(voice.tts("Hello.")[1]) == (2 + 1 + 2 * 6) * 100


def test_missing_extra_names_the_command(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(MissingExtraError, match=r'pip install "gradio_webrtc\[voice\]"'):
        PiperTTS().load()
