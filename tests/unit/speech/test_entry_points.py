"""Engines of other packages, as small distributions with the metadata pip would install."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from gradio_webrtc import get_stt_model, get_tts_model
from gradio_webrtc.errors import ConfigurationError, SpeechEngineError
from gradio_webrtc.speech.registry import _STT

MODULE = """
class Ears:
    def __init__(self, word="heard"):
        self.word = word

    def stt(self, audio):
        return self.word


class Mouth:
    def tts(self, text, options=None):
        return 16000, []

    def stream_tts_sync(self, text, options=None):
        yield self.tts(text)

    async def stream_tts(self, text, options=None):
        yield self.tts(text)


def not_an_engine():
    return "ears"
"""
ENTRY_POINTS = """
[gradio_webrtc.stt]
acme = acme_speech:Ears
acme-broken = acme_speech:Missing
acme-wrong = acme_speech:not_an_engine
sphinx = acme_speech:Ears

[gradio_webrtc.tts]
acme = acme_speech:Mouth
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "acme_speech.py").write_text(MODULE, "utf-8")
    metadata = tmp_path / "acme_speech-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-speech\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(ENTRY_POINTS)
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    monkeypatch.setattr(_STT, "_models", [])
    monkeypatch.delitem(sys.modules, "acme_speech", raising=False)


@pytest.mark.usefixtures("installed")
def test_an_installed_engine_is_found_by_its_name_and_gets_its_options():
    assert get_stt_model("acme").stt(None) == "heard"
    assert get_stt_model("acme", word="options").stt(None) == "options"
    assert get_stt_model("acme") is get_stt_model("acme")
    assert get_tts_model("acme").tts("Hello") == (16000, [])


@pytest.mark.usefixtures("installed")
def test_its_module_is_not_imported_before_it_is_asked_for():
    assert "acme" in _STT.names()
    assert "acme_speech" not in sys.modules
    get_stt_model("acme")
    assert "acme_speech" in sys.modules


@pytest.mark.usefixtures("installed")
def test_no_package_can_take_the_place_of_an_engine_that_is_built_in():
    assert _STT.names().count("sphinx") == 1
    assert _STT._factory("sphinx").__self__ is _STT._engines["sphinx"]


@pytest.mark.usefixtures("installed")
def test_a_broken_registration_says_what_is_wrong():
    with pytest.raises(SpeechEngineError, match=r"acme-broken.*acme_speech:Missing"):
        get_stt_model("acme-broken")
    with pytest.raises(ConfigurationError, match="makes a str, which lacks methods of STTModel"):
        get_stt_model("acme-wrong")


def test_without_the_package_the_name_is_unknown():
    with pytest.raises(ConfigurationError, match="no engine 'acme'"):
        get_stt_model("acme")


@pytest.mark.usefixtures("installed")
def test_the_environment_chooses_where_no_name_is_given(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GRADIO_WEBRTC_STT", "acme")
    assert get_stt_model().stt(None) == "heard"
