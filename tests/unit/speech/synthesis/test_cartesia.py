"""Cartesia over HTTP: what is asked for, speech as it comes, and what is said when it does not."""

from __future__ import annotations

import numpy as np
import pytest

from gradio_webrtc import ConfigurationError, SpeechEngineError, TTSModel, get_tts_model
from gradio_webrtc.speech.synthesis.cartesia import CartesiaTTS, CartesiaTTSOptions
from tests.support.cartesia_service import KEY, CartesiaService, speech_of

TEXT = "How are you today? I am fine."
SENTENCES = ("How are you today?", "I am fine.")


def test_a_text_is_asked_for_sentence_by_sentence_as_documented():
    with CartesiaService().running() as service:
        model = CartesiaTTS(api_key=KEY, url=service.url)
        options = CartesiaTTSOptions(voice="someone", language="fr", sample_rate=16_000)
        rate, samples = model.tts(TEXT, options)
    assert rate == 16_000
    assert samples.dtype == np.int16
    np.testing.assert_array_equal(samples, np.concatenate([speech_of(s) for s in SENTENCES]))
    first, second = service.requests
    assert (first["transcript"], second["transcript"]) == SENTENCES
    assert first["voice"] == {"mode": "id", "id": "someone"}
    assert (first["model_id"], first["language"], first["version"]) == (
        "sonic-2",
        "fr",
        "2024-06-10",
    )
    assert first["output_format"] == {
        "container": "raw",
        "encoding": "pcm_s16le",
        "sample_rate": 16_000,
    }


async def test_speech_comes_in_pieces_sync_and_async():
    with CartesiaService().running() as service:
        model = get_tts_model("cartesia", cartesia_api_key=KEY, url=service.url)
        assert isinstance(model, TTSModel)
        pieces = list(model.stream_tts_sync(TEXT))
        again = [piece async for piece in model.stream_tts(TEXT)]
    assert len(pieces) > len(SENTENCES), "a sentence is not waited for"
    assert {rate for rate, _ in pieces} == {22_050}
    expected = np.concatenate([speech_of(sentence) for sentence in SENTENCES])
    for found in (pieces, again):
        np.testing.assert_array_equal(np.concatenate([samples for _, samples in found]), expected)


def test_emotions_are_sent_the_published_way():
    with CartesiaService().running() as service:
        options = CartesiaTTSOptions(emotion=["positivity:high"])
        CartesiaTTS(KEY, options, url=service.url).tts("Hooray.")
    assert service.requests[0]["voice"]["__experimental_controls"] == {
        "emotion": ["positivity:high"]
    }


@pytest.mark.parametrize(
    ("status", "key", "words"),
    [
        (200, "sk_wrong", r"refused the key \(401\): invalid key"),
        (429, KEY, r"limit is reached \(429\): no more credits"),
        (500, KEY, r"refused \(500\): no more credits"),
    ],
)
def test_a_refusal_has_the_services_words_and_not_the_key(status: int, key: str, words: str):
    with CartesiaService(status=status).running() as service:
        model = CartesiaTTS(api_key=key, url=service.url)
        with pytest.raises(SpeechEngineError, match=words) as caught:
            model.tts("Hello.")
    assert key not in str(caught.value)


def test_one_that_breaks_off_or_is_not_there_is_a_typed_error():
    with CartesiaService(break_off=True).running() as service:
        model = CartesiaTTS(api_key=KEY, url=service.url)
        with pytest.raises(SpeechEngineError, match="broke off"):
            model.tts("Hello, whoever you are.")
    with pytest.raises(SpeechEngineError, match="cannot be reached"):
        model.tts("Hello.")


def test_a_sentence_has_an_end():
    with CartesiaService(flood=8_000 * 2 * 121).running() as service:
        model = CartesiaTTS(KEY, CartesiaTTSOptions(sample_rate=8_000), url=service.url)
        with pytest.raises(SpeechEngineError, match="more than 120 seconds"):
            model.tts("Hello.")


def test_no_key_is_said_before_anybody_speaks(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("CARTESIA_API_KEY", raising=False)
    with pytest.raises(ConfigurationError, match="CARTESIA_API_KEY"):
        get_tts_model("cartesia")
    monkeypatch.setenv("CARTESIA_API_KEY", "sk")
    assert isinstance(CartesiaTTS(), CartesiaTTS)


@pytest.mark.parametrize("wrong", [{"voice": "a b"}, {"model": ""}, {"sample_rate": 1000}])
def test_options_that_cannot_work(wrong: dict[str, str | int]):
    with pytest.raises(ConfigurationError, match=next(iter(wrong))):
        CartesiaTTSOptions(**wrong)
