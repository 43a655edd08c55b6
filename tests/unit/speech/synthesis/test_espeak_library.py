"""espeak-ng through ctypes."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import gradio_webrtc
from gradio_webrtc.errors import ConfigurationError, MissingExtraError
from gradio_webrtc.speech.synthesis import espeak_library as library_module
from gradio_webrtc.speech.synthesis.espeak_library import espeak_library


def test_there_is_one_library_in_a_process() -> None:
    assert espeak_library() is espeak_library()


def test_it_speaks_int16_at_its_own_rate_with_the_pause_that_is_wanted() -> None:
    library = espeak_library()
    spoken = [library.speak("Well.", "en-us", {}, pause_after=pause) for pause in (False, True)]
    assert {(samples.dtype, samples.ndim) for samples in spoken} == {(np.dtype(np.int16), 1)}
    assert len(spoken[1]) - len(spoken[0]) > 0.1 * library.sample_rate


def test_phonemes_are_those_of_each_clause_in_the_language() -> None:
    library = espeak_library()
    english = library.phonemes("Yes, no", "en-us")
    assert english == ["j\u02c8\u025bs", "n\u02c8o\u028a"]
    assert library.phonemes("Yes", "de") != english[:1]


def test_a_language_is_found_whatever_its_file_is_called() -> None:
    library = espeak_library()
    assert "fr-fr" in library.voices()
    assert library.phonemes("oui", "fr-fr+f2")
    with pytest.raises(ConfigurationError, match=r"no voice 'xx'.*fr-fr"):
        library.phonemes("oui", "xx")


def test_missing_package_names_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "espeakng_loader", None)
    with pytest.raises(MissingExtraError, match="pip install espeakng-loader"):
        library_module._load(None)


def test_data_that_cannot_be_read_is_an_error_and_not_the_end_of_the_process() -> None:
    """In another process, and without importing all of the package, which takes seconds there."""
    code = (
        "import sys, types, espeakng_loader\n"
        "espeakng_loader.get_data_path = lambda: '/nonexistent/x'\n"
        "sys.modules['gradio_webrtc'] = package = types.ModuleType('gradio_webrtc')\n"
        f"package.__path__ = {list(gradio_webrtc.__path__)!r}\n"
        "from gradio_webrtc.speech.synthesis.espeak import EspeakTTS\n"
        "try: EspeakTTS().tts('Hello')\n"
        "except Exception as error: print(type(error).__name__, error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "SpeechEngineError espeak-ng cannot read its data in /nonexistent/x" in done.stdout
