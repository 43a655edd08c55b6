"""The loader of Kokoro, with a tiny model of its signature."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from gradio_webrtc import KokoroTTSOptions, TTSModel, get_tts_model
from gradio_webrtc.errors import ConfigurationError, MissingExtraError, SpeechEngineError
from gradio_webrtc.speech.synthesis import kokoro as module
from gradio_webrtc.speech.synthesis.kokoro import KokoroTTS
from tests.support.leaks import left_threads
from tests.support.tiny_speech_models import make_end_of_turn, make_kokoro


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_kokoro(tmp_path_factory.mktemp("kokoro"))


@pytest.fixture
def voice(folder: Path) -> KokoroTTS:
    return KokoroTTS(folder=folder)


def symbols_of(samples: np.ndarray) -> int:
    """Return how many symbols the tiny model was given, without the two at the ends."""
    return len(samples) // 100 - 2


def test_speaks_phonemes_in_the_style_for_their_number(voice: KokoroTTS):
    rate, samples = voice.tts("Hello.")
    assert (rate, samples.dtype) == (24_000, np.float32)
    # h schwa l stress o upsilon, and the full stop.
    assert symbols_of(samples) == 7
    assert samples[0] == pytest.approx(0.007)


def test_streams_sentence_by_sentence_with_pauses_between(voice: KokoroTTS):
    pieces = [samples for _, samples in voice.stream_tts_sync("Hello. Hello. Hello.")]
    assert [len(piece) for piece in pieces] == [900, 900 + 3429, 900 + 3429]
    assert not pieces[1][:3429].any()
    assert len(voice.tts("Hello. Hello. Hello.")[1]) == sum(map(len, pieces))


async def test_async_stream_gives_the_same_off_the_loop(voice: KokoroTTS, monkeypatch):
    threads, speak = set(), module._speak

    def watched(*args):
        threads.add(threading.current_thread())
        return speak(*args)

    monkeypatch.setattr(module, "_speak", watched)
    pieces = [samples async for _, samples in voice.stream_tts("Hello. Hello.")]
    assert [len(piece) for piece in pieces] == [900, 900 + 3429]
    assert len(threads) == 1
    assert threading.main_thread() not in threads


async def test_closing_early_speaks_one_sentence_more_at_most(voice: KokoroTTS, monkeypatch):
    spoken, speak = [], module._speak
    monkeypatch.setattr(module, "_speak", lambda *args: spoken.append(1) or speak(*args))
    before = set(threading.enumerate())
    stream = voice.stream_tts("Hello. " * 50)
    await stream.__anext__()
    await stream.aclose()
    assert left_threads(before) == set()
    assert len(spoken) <= 2


def test_the_next_sentence_is_made_while_one_is_played(voice: KokoroTTS, monkeypatch):
    made, speak = threading.Semaphore(0), module._speak

    def watched(*args):
        spoken = speak(*args)
        made.release()
        return spoken

    monkeypatch.setattr(module, "_speak", watched)
    stream = voice.stream_tts_sync("Hello. Hello. Hello.")
    next(stream)
    assert made.acquire(timeout=30)
    assert made.acquire(timeout=30), "without being asked for"
    assert not made.acquire(timeout=0.05), "and none after it"
    stream.close()


def test_options_reach_the_model(voice: KokoroTTS):
    def first(**options: object) -> float:
        return float(voice.tts("Hello.", KokoroTTSOptions(**options))[1][0])

    assert first(speed=2.0) == pytest.approx(0.0035)
    assert first(voice="bm_low") == pytest.approx(-0.007)
    french = voice.tts("Hello.", KokoroTTSOptions(lang="fr-fr"))[1]
    assert len(french) != 900


def test_options_of_the_engine_hold_where_a_call_brings_none(folder: Path):
    low = KokoroTTS(KokoroTTSOptions(voice="bm_low"), folder=folder)
    assert low.tts("Hello.")[1][0] < 0


def test_a_long_sentence_stays_within_what_the_model_takes(voice: KokoroTTS, monkeypatch):
    given, speak = [], module._speak
    monkeypatch.setattr(
        module, "_speak", lambda p, symbols, *a: given.append(len(symbols)) or speak(p, symbols, *a)
    )
    voice.tts("incomprehensibilities " * 100)
    assert len(given) > 5
    assert max(given) <= 510


@pytest.mark.parametrize("text", ["", "  ", "...!?", "\u2014", "***", '"'])
def test_nothing_to_say_is_no_sound(voice: KokoroTTS, text: str):
    rate, samples = voice.tts(text)
    assert (rate, samples.shape, samples.dtype) == (24_000, (0,), np.float32)
    assert list(voice.stream_tts_sync(text)) == []


def test_a_sign_with_a_name_is_said(voice: KokoroTTS):
    assert symbols_of(voice.tts("\U0001f3b1")[1]) > 5


def test_what_is_beyond_full_scale_is_rounded_not_clipped(voice: KokoroTTS):
    samples = voice.tts("Hello.", KokoroTTSOptions(voice="zz_loud"))[1]
    assert np.abs(samples).max() == pytest.approx(0.9905, abs=1e-4)


def test_the_first_clause_comes_first_without_a_pause_after_it(voice: KokoroTTS):
    text = "Well, that is a rather long story. Hello."
    pieces = [samples for _, samples in voice.stream_tts_sync(text)]
    assert len(pieces) == 3
    assert len(pieces[0]) == len(voice.tts("Well,")[1])
    assert pieces[1][0] != 0
    assert not pieces[2][:3429].any()


def test_an_export_with_other_names_is_taken_too(tmp_path: Path):
    assert len(KokoroTTS(folder=make_kokoro(tmp_path, "tokens")).tts("Hello.")[1]) == 900


def test_the_registry_makes_it_by_name(folder: Path):
    model = get_tts_model("kokoro", folder=folder)
    assert isinstance(model, TTSModel)
    assert len(model.tts("Hello.")[1]) == 900


def test_unknown_voices_other_files_and_options_are_typed_errors(voice, tmp_path, folder):
    with pytest.raises(SpeechEngineError, match=r"no file voices/zz_top\.bin"):
        voice.tts("Hello.", KokoroTTSOptions(voice="zz_top"))
    other = make_kokoro(tmp_path)
    (other / "voices/af_heart.bin").write_bytes(b"1234")
    with pytest.raises(SpeechEngineError, match="no voice of this model"):
        KokoroTTS(folder=other).load()
    (other / "tokenizer.json").write_text("[]")
    with pytest.raises(SpeechEngineError, match="no tokenizer of this model"):
        KokoroTTS(folder=other).load()
    make_end_of_turn(other / "onnx/model.onnx")
    with pytest.raises(SpeechEngineError, match="lacks the inputs input_ids, style, speed"):
        KokoroTTS(folder=other).load()
    with pytest.raises(ConfigurationError, match="KokoroTTSOptions"):
        voice.tts("Hello.", {"speed": 2})
    with pytest.raises(ConfigurationError, match="no voice 'xx-yy'"):
        voice.tts("Hello.", KokoroTTSOptions(lang="xx-yy"))


@pytest.mark.parametrize("wrong", [{"speed": 3}, {"voice": "../../etc/passwd"}, {"voice": ""}])
def test_options_that_cannot_work_are_refused(wrong: dict[str, object]):
    with pytest.raises(ConfigurationError, match=next(iter(wrong))):
        KokoroTTSOptions(**wrong)


def test_missing_extra_names_the_command(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(MissingExtraError, match=r'pip install "gradio_webrtc\[tts\]"'):
        KokoroTTS().load()
