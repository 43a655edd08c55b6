"""Engines by name, made once."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from gradio_webrtc import EspeakTTSOptions, get_tts_model
from gradio_webrtc.errors import ConfigurationError, MissingExtraError
from gradio_webrtc.speech import registry as registry_module
from gradio_webrtc.speech.recognition.moonshine_files import has_wheels
from gradio_webrtc.speech.recognition.stt import STTModel
from gradio_webrtc.speech.registry import Engine, Registry
from gradio_webrtc.speech.synthesis.espeak import EspeakTTS


class Deaf:
    """Makes a text of nothing."""

    made: list[Deaf]
    fails = 0

    def __init__(self, answer: str = "") -> None:
        self.answer = answer
        self.loaded = False

    def load(self) -> None:
        time.sleep(0.05)  # long enough for the other threads to ask meanwhile
        if type(self).fails:
            type(self).fails -= 1
            raise MissingExtraError("pip install ears")
        self.loaded = True
        type(self).made.append(self)

    def stt(self, audio: Any) -> str:
        return self.answer


@pytest.fixture(autouse=True)
def engines(monkeypatch: pytest.MonkeyPatch) -> Registry[STTModel]:
    Deaf.made, Deaf.fails = [], 0
    monkeypatch.delenv("GRADIO_WEBRTC_STT", raising=False)
    monkeypatch.setattr(registry_module.importlib, "import_module", lambda name: _THIS)
    known = {
        "best": Engine("x", "Deaf", {"answer": "best"}, needs=("no_such_module",)),
        "far": Engine("x", "Deaf", {"answer": "far"}, files="files_are_here"),
        "good": Engine("x", "Deaf", {"answer": "good"}, needs=("json",)),
        "plain": Engine("x", "Deaf", advice="advice"),
        "mute": Engine("x", "object"),
    }
    return Registry("stt", STTModel, known, ("best", "far", "good", "plain"))


class _THIS:
    Deaf = Deaf
    object = object

    @staticmethod
    def files_are_here(answer: str) -> bool:
        return answer != "far"

    @staticmethod
    def advice() -> str:
        return "pip install better"


def test_a_model_is_made_and_loaded_once_however_many_ask_at_once(engines):
    barrier = threading.Barrier(8)

    def ask(_: int) -> STTModel:
        barrier.wait()
        return engines.get("plain", {})

    with ThreadPoolExecutor(8) as pool:
        models = list(pool.map(ask, range(8)))
    assert len({id(model) for model in models}) == 1
    assert len(Deaf.made) == 1
    assert models[0].loaded


def test_other_options_make_another_model(engines):
    first = engines.get("plain", {"answer": "a"})
    assert engines.get("plain", {"answer": "b"}) is not first
    assert engines.get("plain", {"answer": "a"}) is first


def test_without_a_name_it_is_the_best_that_is_installed(engines):
    assert engines.get(None, {}).stt(None) == "good"
    assert engines.get(None, {}) is engines.get("good", {})


def test_without_a_name_the_next_best_serves_when_loading_fails(engines, caplog):
    Deaf.fails = 1
    assert engines.get(None, {}).stt(None) == ""
    assert "Going on without the engine good: pip install ears" in caplog.text
    assert engines.get(None, {}).stt(None) == "", "and it is not tried at every call"
    assert caplog.text.count("pip install better") == 1, "the last resort says what is better, once"


def test_an_engine_that_was_named_gives_no_advice(engines, caplog):
    engines.get("plain", {})
    assert caplog.text == ""


def test_a_named_engine_that_fails_says_so_and_is_tried_again(engines):
    Deaf.fails = 1
    with pytest.raises(MissingExtraError, match="pip install ears"):
        engines.get("good", {})
    assert engines.get("good", {}).stt(None) == "good"


def test_those_who_waited_for_a_model_that_fails_get_its_error(engines):
    Deaf.fails = 1
    barrier = threading.Barrier(2)

    def ask(_: int) -> object:
        barrier.wait()
        try:
            return engines.get("plain", {})
        except MissingExtraError as error:
            return error

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(ask, range(2))
    assert isinstance(first, MissingExtraError)
    assert isinstance(second, MissingExtraError)


def test_an_unknown_name_is_answered_with_those_there_are(engines):
    with pytest.raises(
        ConfigurationError, match=r"no engine 'whisper'.*'best', 'far', 'good', 'plain'"
    ):
        engines.get("whisper", {})


def test_options_without_a_name_or_unknown_ones_are_refused(engines):
    with pytest.raises(ConfigurationError, match="Name the engine that answer is for"):
        engines.get(None, {"answer": "x"})
    with pytest.raises(ConfigurationError, match=r"'plain' cannot be made.*colour"):
        engines.get("plain", {"colour": "red"})


def test_what_is_no_model_is_refused(engines):
    with pytest.raises(ConfigurationError, match="object, which lacks methods of STTModel"):
        engines.get("mute", {})


def test_public_functions_take_names_and_options(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.undo()
    slow = get_tts_model("espeak", options=EspeakTTSOptions(speed=0.5))
    assert isinstance(slow, EspeakTTS)
    assert slow is get_tts_model("espeak", options=EspeakTTSOptions(speed=0.5))
    assert slow is not get_tts_model("espeak")
    with pytest.raises(ConfigurationError, match="no engine 'parrot'"):
        get_tts_model("parrot")


def test_options_may_be_given_where_the_environment_names_the_engine(engines, monkeypatch):
    monkeypatch.setenv("GRADIO_WEBRTC_STT", "plain")
    assert engines.get(None, {"answer": "x"}).stt(None) == "x"


ALONE = """
import os, socket, sys, time

class Refused(Exception):
    pass

def refuse(*arguments, **options):
    tried.append(arguments)
    raise Refused("the network was asked")

tried = []
import huggingface_hub
import onnxruntime
from gradio_webrtc import get_stt_model, get_tts_model

for name in ("getaddrinfo", "create_connection", "gethostbyname"):
    setattr(socket, name, refuse)
socket.socket.connect = socket.socket.connect_ex = refuse
started = time.perf_counter()
print(type(get_stt_model()).__name__, type(get_tts_model()).__name__, len(tried))
print("moonshine_voice" in sys.modules)
try:
    get_tts_model("kokoro")
except Exception as error:
    print(type(error).__name__, len(tried) > 0)
print(time.perf_counter() - started)
"""


def test_without_a_name_no_network_is_asked_though_onnxruntime_could_run_more(tmp_path):
    """In a process of its own whose hub has an empty cache and whose sockets refuse."""
    removed = ("GRADIO_WEBRTC_STT", "GRADIO_WEBRTC_TTS", "HF_HUB_OFFLINE")
    given = {name: value for name, value in os.environ.items() if name not in removed}
    run = subprocess.run(
        [sys.executable, "-c", ALONE],
        env={**given, "HF_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )
    models, imported, named, seconds = run.stdout.splitlines()
    assert models.endswith(" 0"), run.stdout
    assert imported == "False", "it would load PortAudio"
    assert not has_wheels() or models.startswith("MoonshineSTT"), "the best that is there"
    assert named == "ModelDownloadError True", "a name asks, or the test would show nothing"
    assert float(seconds) < 10, "and asks once"
    assert run.stderr.count("Fetching") == 1
