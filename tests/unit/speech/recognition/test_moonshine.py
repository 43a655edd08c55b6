"""The loader of Moonshine, with tiny models of its signature."""

from __future__ import annotations

import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from gradio_webrtc import STTModel, get_stt_model
from gradio_webrtc.errors import (
    ConfigurationError,
    MediaFormatError,
    MissingExtraError,
    ModelDownloadError,
    SpeechEngineError,
)
from gradio_webrtc.speech.recognition import moonshine as module
from gradio_webrtc.speech.recognition import moonshine_model
from gradio_webrtc.speech.recognition.moonshine import MoonshineSTT
from tests.support.tiny_speech_models import make_end_of_turn, make_moonshine

SAID = "Ask me anything\u00e9."
"""What the tiny model says if its cache is kept from step to step."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_moonshine(tmp_path_factory.mktemp("moonshine"))


def sound(seconds: float, rate: int = 16_000) -> tuple[int, np.ndarray]:
    return rate, np.full(round(seconds * rate), 1000, np.int16)


def test_recognises_token_by_token_with_its_cache(folder: Path):
    model = MoonshineSTT(folder=folder, check_voice=False)
    assert isinstance(model, STTModel)
    assert model.stt(sound(2.0)) == SAID


def test_takes_any_rate_shape_and_dtype_and_gives_the_encoder_16_khz_floats(folder: Path):
    model = MoonshineSTT(folder=folder, check_voice=False)
    rate, samples = sound(1.0, 48_000)
    assert model.stt((rate, samples[np.newaxis])) == SAID
    assert model.stt((rate, samples.astype(np.float32) / 32768)) == SAID
    heard = []
    loaded = model._loaded()
    encoder = loaded.encoder

    class Watching:
        get_inputs = staticmethod(encoder.get_inputs)

        @staticmethod
        def run(names, given):
            heard.append(given["input_values"])
            return encoder.run(names, given)

    object.__setattr__(loaded, "encoder", Watching)
    model.stt((rate, samples * 10))
    assert heard[0].dtype == np.float32
    assert heard[0].shape == (1, 32_000), "with half a second before and after it"
    assert heard[0][0, 16_000] == pytest.approx(10_000 / 32768, rel=0.01)
    assert np.abs(heard[0][0, :8000]).max() < 1e-3
    model.stt((rate, samples * 2))
    assert heard[1][0, 16_000] == pytest.approx(0.3, rel=0.1), "what is quiet is made louder"


def test_a_model_that_never_ends_is_stopped_after_as_many_words_as_anybody_speaks(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(moonshine_model, "_END", 9999)
    model = MoonshineSTT(folder=folder, check_voice=False)
    steps = []
    parts = model._loaded()
    run = parts.decoder.run

    class Endless:
        get_inputs = staticmethod(parts.decoder.get_inputs)
        get_outputs = staticmethod(parts.decoder.get_outputs)

        @staticmethod
        def run(names, given):
            steps.append(1)
            given = {**given, "use_cache_branch": np.array([False])}
            return run(names, given)

    object.__setattr__(parts, "decoder", Endless)
    model.stt(sound(2.0))
    assert len(steps) == 8 + 13


def test_long_sound_is_cut_where_it_is_quiet(folder: Path):
    model = MoonshineSTT(folder=folder, check_voice=False)
    rate, samples = sound(40.0)
    assert model.stt((rate, samples)) == f"{SAID} {SAID}"
    quiet_at = 27 * rate
    samples[quiet_at : quiet_at + rate // 5] = 1
    first, second = module._pieces(samples)
    assert quiet_at <= len(first) <= quiet_at + rate // 5
    assert len(first) + len(second) == len(samples)


@pytest.mark.parametrize("seconds", [0.0, 0.05])
def test_next_to_nothing_and_silence_are_no_words(folder: Path, seconds: float):
    model = MoonshineSTT(folder=folder, check_voice=False)
    assert model.stt(sound(seconds)) == ""
    assert model.stt((16_000, np.zeros(16_000, np.int16))) == ""


def test_what_is_no_sound_is_refused(folder: Path):
    with pytest.raises(MediaFormatError):
        MoonshineSTT(folder=folder, check_voice=False).stt(np.zeros(100, np.int16))


def test_is_loaded_once_however_many_ask_at_once(folder: Path, monkeypatch: pytest.MonkeyPatch):
    loads, load = [], module.load_model
    monkeypatch.setattr(module, "load_model", lambda files: loads.append(files) or load(files))
    model = MoonshineSTT(folder=folder, check_voice=False)
    barrier = threading.Barrier(6)

    def ask(number: int) -> str:
        barrier.wait()
        return model.stt(sound(1.0 + number / 100))

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(ask, range(6))) == {SAID}
    assert len(loads) == 1


def test_audio_that_is_asked_for_again_is_not_recognised_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    model, pieces = MoonshineSTT(folder=folder, check_voice=False), []
    said = model._said
    monkeypatch.setattr(model, "_said", lambda *given: pieces.append(1) or said(*given))
    rate, samples = sound(1.0)
    for same in (samples, samples[np.newaxis], samples.astype(np.float32) / 32768):
        assert model.stt((rate, same)) == SAID
    assert len(pieces) == 1
    model.stt(sound(1.1))
    assert len(pieces) == 2


def test_the_registry_makes_it_by_name(folder: Path):
    model = get_stt_model("moonshine/tiny", folder=folder, check_voice=False)
    assert model.stt(sound(1.0)) == SAID
    assert model is get_stt_model("moonshine/tiny", folder=folder, check_voice=False)


def test_unknown_models_are_refused():
    with pytest.raises(ConfigurationError, match="moonshine/base, moonshine/tiny"):
        MoonshineSTT("moonshine/huge")


def test_missing_extra_names_the_command_before_anything_is_fetched(monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    monkeypatch.setattr(module, "find_files", lambda *args: pytest.fail("fetched"))
    with pytest.raises(MissingExtraError, match=r'pip install "gradio_webrtc\[stt\]"'):
        MoonshineSTT().load()


def test_a_model_that_cannot_be_fetched_says_which_and_what_else_to_do(monkeypatch, tmp_path):
    import huggingface_hub

    def unreachable(address: str, timeout: float) -> None:
        raise ConnectionError("no route to host")

    monkeypatch.setattr(huggingface_hub, "try_to_load_from_cache", lambda *args: None)
    monkeypatch.setattr(huggingface_hub, "get_hf_file_metadata", unreachable)
    monkeypatch.setattr(huggingface_hub, "hf_hub_download", lambda *a: pytest.fail("fetched"))
    with pytest.raises(ModelDownloadError) as caught:
        MoonshineSTT().load()
    text = str(caught.value)
    assert "onnx/encoder_model.onnx of onnx-community/moonshine-base-ONNX" in text
    assert "no route to host" in text
    assert "give their folder instead" in text


def test_what_was_fetched_before_needs_no_network(folder, monkeypatch):
    import huggingface_hub

    asked = []

    def cached(repository: str, name: str) -> str:
        asked.append((repository, name))
        return str(folder / name)

    monkeypatch.setattr(huggingface_hub, "try_to_load_from_cache", cached)
    monkeypatch.setattr(huggingface_hub, "hf_hub_download", lambda *a: pytest.fail("fetched"))
    model = MoonshineSTT("moonshine/base", check_voice=False)
    assert model.stt(sound(1.0)) == SAID
    assert {repository for repository, _ in asked} == {"onnx-community/moonshine-base-ONNX"}


def test_files_that_are_missing_or_others_are_typed_errors(folder: Path, tmp_path: Path):
    with pytest.raises(SpeechEngineError, match=r"has no file onnx/encoder_model\.onnx"):
        MoonshineSTT(folder=tmp_path).load()
    with pytest.raises(SpeechEngineError, match="no folder '/nonexistent/models'"):
        MoonshineSTT(folder="/nonexistent/models").load()
    other = make_moonshine(tmp_path / "other")
    (other / "tokenizer.json").write_text(json.dumps({"model": {}}))
    with pytest.raises(SpeechEngineError, match="no tokenizer of this model"):
        MoonshineSTT(folder=other).load()
    make_end_of_turn(other / "onnx/decoder_model_merged.onnx")
    with pytest.raises(SpeechEngineError, match=r"lacks the inputs input_ids.*has input_feat"):
        MoonshineSTT(folder=other).load()
    (other / "onnx/encoder_model.onnx").write_bytes(b"not a model")
    with pytest.raises(SpeechEngineError, match="onnxruntime cannot load"):
        MoonshineSTT(folder=other).load()
