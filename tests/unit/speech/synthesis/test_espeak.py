"""The built-in voice."""

from __future__ import annotations

import asyncio
import dataclasses
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from gradio_webrtc import EspeakTTSOptions, TTSModel, get_tts_model
from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.media.audio.pcm import parse_chunk
from gradio_webrtc.speech.synthesis import espeak_library as library_module
from gradio_webrtc.speech.synthesis.espeak import EspeakTTS
from tests.support.leaks import left_threads

TEXT = "It is certain. Without a doubt, yes! You may rely on it."


@pytest.fixture
def voice() -> EspeakTTS:
    return EspeakTTS()


def pitch_of(samples: np.ndarray, rate: int) -> float:
    """Return the median fundamental frequency in Hz of the loud parts, by autocorrelation."""
    found, size = [], rate // 20
    lowest, highest = rate // 400, rate // 60
    for start in range(0, len(samples) - size, size):
        window = samples[start : start + size].astype(float)
        if np.abs(window).max() < 3000:
            continue
        echo = np.correlate(window, window, "full")[size - 1 :]
        found.append(rate / (lowest + int(np.argmax(echo[lowest:highest]))))
    return float(np.median(found))


def test_speaks_a_text_of_plausible_length_and_loudness(voice: EspeakTTS):
    rate, samples = voice.tts(TEXT)
    assert rate == 22050
    assert samples.dtype == np.int16
    assert samples.ndim == 1
    assert 2 < len(samples) / rate < 6
    assert 5_000 < np.abs(samples).max() <= 32_767
    assert parse_chunk((rate, samples)).duration == len(samples) / rate


def test_streams_sentence_by_sentence_with_pauses_between(voice: EspeakTTS):
    pieces = [samples for _, samples in voice.stream_tts_sync(TEXT)]
    assert len(pieces) == 3
    assert sum(map(len, pieces)) == pytest.approx(len(voice.tts(TEXT)[1]), rel=0.02)
    alone = len(voice.tts("It is certain.")[1])
    assert len(pieces[0]) > alone + 22050 * 0.1


def test_the_first_sentence_does_not_wait_for_the_rest(voice: EspeakTTS):
    voice.load()
    started = time.perf_counter()
    voice.tts(TEXT * 40)
    all_of_it = time.perf_counter() - started
    started = time.perf_counter()
    stream = voice.stream_tts_sync(TEXT * 40)
    next(stream)
    stream.close()
    assert time.perf_counter() - started < all_of_it / 5


async def test_async_stream_gives_the_same_and_leaves_the_loop_free(voice: EspeakTTS):
    threads = set()
    inner = voice._spoken

    def watched(*args):
        threads.add(threading.current_thread())
        return inner(*args)

    voice._spoken = watched
    pieces = [samples async for _, samples in voice.stream_tts(TEXT)]
    assert len(pieces) == 3
    assert threading.main_thread() not in threads
    assert len(threads) == 1


async def test_closing_an_async_stream_early_speaks_no_further_and_ends_its_thread(
    voice: EspeakTTS, monkeypatch: pytest.MonkeyPatch
):
    library = library_module.espeak_library()
    spoken = []
    speak = library.speak
    monkeypatch.setattr(
        library, "speak", lambda text, *args, **kw: spoken.append(text) or speak(text, *args, **kw)
    )
    before = set(threading.enumerate())
    stream = voice.stream_tts(TEXT)
    await stream.__anext__()
    await stream.aclose()
    assert spoken == ["It is certain."]
    assert left_threads(before) == set()


async def test_a_cancelled_consumer_frees_everything(voice: EspeakTTS):
    before = set(threading.enumerate())
    heard = asyncio.Event()

    async def consume() -> None:
        async for _ in voice.stream_tts(TEXT * 500):
            heard.set()

    task = asyncio.ensure_future(consume())
    await asyncio.wait_for(heard.wait(), 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert left_threads(before) == set()


def test_many_threads_get_what_they_would_get_alone(voice: EspeakTTS):
    """With one thread in the library at a time, nobody gets another's words, voice or speed."""
    jobs = [
        (f"Number {n}.", EspeakTTSOptions(voice=lang, speed=speed))
        for n, (lang, speed) in enumerate([("en-us", 1.0), ("de", 0.5), ("fr-fr", 2.0)] * 8)
    ]
    alone = [len(voice.tts(*job)[1]) for job in jobs]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda job: len(voice.tts(*job)[1]), jobs))
    # The library varies its speech by a few percent; another voice or speed is far away.
    assert together == pytest.approx(alone, rel=0.1)


def test_options_are_heard(voice: EspeakTTS):
    rate, normal = voice.tts(TEXT)
    fast = voice.tts(TEXT, EspeakTTSOptions(speed=2.0))[1]
    high = voice.tts(TEXT, EspeakTTSOptions(pitch=90))[1]
    gaps = voice.tts(TEXT, EspeakTTSOptions(word_gap_ms=200))[1]
    quiet = voice.tts(TEXT, EspeakTTSOptions(volume=20))[1]
    assert len(fast) < 0.75 * len(normal)
    assert pitch_of(high, rate) > 1.2 * pitch_of(normal, rate)
    assert len(gaps) > len(normal) + 0.5 * rate
    assert np.abs(quiet).max() < 0.5 * np.abs(normal).max()


def test_options_of_the_engine_hold_where_a_call_brings_none():
    slow = EspeakTTS(EspeakTTSOptions(speed=0.5))
    assert len(slow.tts("Well then.")[1]) > 1.5 * len(EspeakTTS().tts("Well then.")[1])


@pytest.mark.parametrize("text", ["", "   ", "\n\n", "...!?", "!!!", "***", "\u2014"])
async def test_nothing_to_say_is_no_sound(voice: EspeakTTS, text: str):
    rate, samples = voice.tts(text)
    assert (rate, samples.shape, samples.dtype) == (22050, (0,), np.int16)
    assert [piece async for piece in voice.stream_tts(text)] == []


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "<speak>", "%s %n", "🎱", "日本語", "x" * 5000])
def test_any_text_may_come(voice: EspeakTTS, text: str):
    assert voice.tts(text)[1].dtype == np.int16


def test_an_unknown_voice_names_those_there_are_and_the_next_call_works(voice: EspeakTTS):
    with pytest.raises(ConfigurationError, match=r"no voice 'nope'.*en-us"):
        voice.tts("Hello.", EspeakTTSOptions(voice="nope"))
    assert len(voice.tts("Hello.")[1]) > 0


def test_every_voice_that_is_listed_can_speak(voice: EspeakTTS):
    voices = voice.voices()
    assert {"en-us", "en-gb", "de", "fr-fr", "cmn"} <= set(voices)
    for name in voices:
        assert len(voice.tts("1", EspeakTTSOptions(voice=name + "+f2"))[1]) > 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"speed": 0.1}, {"speed": float("nan")}, {"pitch": 100}, {"pitch_range": -1},
        {"volume": 201}, {"word_gap_ms": -5}, {"voice": ""},
    ],
)  # fmt: skip
def test_options_out_of_bounds_are_refused(wrong: dict[str, object]):
    with pytest.raises(ConfigurationError, match=next(iter(wrong))):
        EspeakTTSOptions(**wrong)


def test_what_is_no_text_or_no_options_of_this_engine_is_refused(voice: EspeakTTS):
    with pytest.raises(ConfigurationError, match="Expected a text to speak; got bytes"):
        voice.tts(b"Hello")
    with pytest.raises(ConfigurationError, match="EspeakTTSOptions"):
        voice.tts("Hello", {"speed": 2})


def test_options_can_be_derived_from_others():
    assert dataclasses.replace(EspeakTTSOptions(pitch=70), speed=2.0).pitch == 70


def test_is_a_tts_model_that_the_registry_knows():
    model = get_tts_model("espeak")
    assert isinstance(model, TTSModel)
    assert isinstance(model, EspeakTTS)
