"""Decoders of pocketsphinx, through its library and through its module."""

from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from gradio_webrtc import get_stt_model
from gradio_webrtc.errors import MissingExtraError, SpeechEngineError
from gradio_webrtc.media.audio.pcm import Int16Array
from gradio_webrtc.speech.recognition import sphinx_decoder
from gradio_webrtc.speech.recognition.model_audio import mono_at
from gradio_webrtc.speech.recognition.sphinx import SphinxSTT
from gradio_webrtc.speech.synthesis.espeak import EspeakTTS

pytestmark = pytest.mark.skipif(
    sys.version_info >= (3, 14), reason="pocketsphinx has no wheels for Python 3.14"
)


@pytest.fixture(scope="module")
def model() -> SphinxSTT:
    """The process's own: a decoder takes about a second to load."""
    found = get_stt_model("sphinx")
    assert isinstance(found, SphinxSTT)
    return found


@pytest.fixture(scope="module")
def counting() -> tuple[int, Int16Array]:
    return EspeakTTS().tts("one two three four five")


def test_other_threads_run_while_it_recognises(
    model: SphinxSTT, counting: tuple[int, Int16Array]
) -> None:
    """The package's module would let none run between the beginning and the end of a call."""
    samples, decoder = mono_at(16_000, counting), model._decoder()
    done, turns = threading.Event(), 0

    def recognise() -> str:
        try:
            return decoder.recognise(samples)
        finally:
            done.set()

    with ThreadPoolExecutor(1) as pool:
        heard = pool.submit(recognise)
        while not done.wait(0.002):
            turns += 1
        assert "three four five" in heard.result()
    model._idle.append(decoder)
    assert turns > 10


def test_where_the_library_is_hidden_the_module_serves(
    monkeypatch: pytest.MonkeyPatch, counting: tuple[int, Int16Array]
) -> None:
    # Which words come of it is the voice's doing, which never says a thing twice in the same way.
    expected = SphinxSTT().stt(counting)
    monkeypatch.setattr(sphinx_decoder, "_library", lambda: None)
    assert SphinxSTT().stt(counting) == expected
    assert "three four" in expected


def test_missing_package_names_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pocketsphinx", None)
    with pytest.raises(MissingExtraError, match=r"Python 3\.14.*pip install \"gradio_webrtc\[stt"):
        SphinxSTT().load()


def test_a_damaged_model_is_a_typed_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import pocketsphinx

    monkeypatch.setattr(pocketsphinx, "get_model_path", lambda name: str(tmp_path))
    with pytest.raises(SpeechEngineError, match="force-reinstall pocketsphinx"):
        SphinxSTT().load()


@pytest.mark.parametrize("samples", [0, 160])
def test_silence_and_nothing_are_no_words(model: SphinxSTT, samples: int) -> None:
    decoder = model._decoder()
    assert decoder.recognise(np.zeros(samples, np.int16)) == ""
    model._idle.append(decoder)
