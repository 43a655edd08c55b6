"""Running the model: what it is sure of, and what happens when it fails."""

from __future__ import annotations

import numpy as np
import pytest

from gradio_webrtc.errors import SpeechEngineError
from gradio_webrtc.speech.recognition.moonshine_files import find_files
from gradio_webrtc.speech.recognition.moonshine_model import MoonshineModel, load_model
from tests.support.tiny_speech_models import FIRST_WORD, WORDS, make_moonshine

SAMPLES = np.full(16_000, 0.1, np.float32)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> MoonshineModel:
    folder = make_moonshine(tmp_path_factory.mktemp("moonshine"))
    return load_model(find_files("moonshine/tiny", folder))


def test_tokens_come_with_how_sure_the_model_is_and_whether_it_ended(model: MoonshineModel):
    found = model.recognise(SAMPLES, 50)
    assert found.tokens == [FIRST_WORD + n for n in range(len(WORDS))]
    assert found.ended
    assert found.confidence == pytest.approx(1.0, abs=1e-6)
    stopped = model.recognise(SAMPLES, 3)
    assert stopped.tokens == found.tokens[:3]
    assert not stopped.ended


def test_confidence_is_the_geometric_mean_of_the_probabilities(model: MoonshineModel):
    decoder = model.decoder

    class Unsure:
        get_inputs = staticmethod(decoder.get_inputs)
        get_outputs = staticmethod(decoder.get_outputs)

        @staticmethod
        def run(names, given):
            logits, *rest = decoder.run(names, given)
            # The likeliest of all is as likely as the others together.
            likeliest = np.log(logits.shape[-1] - 1)
            return [np.where(logits > 0, likeliest, 0.0), *rest]

    unsure = MoonshineModel(model.encoder, Unsure, model.cache, model.pieces)
    assert unsure.recognise(SAMPLES, 50).confidence == pytest.approx(0.5)


def test_a_model_that_fails_is_a_typed_error(model: MoonshineModel):
    class Broken:
        get_inputs = staticmethod(model.encoder.get_inputs)

        @staticmethod
        def run(names, given):
            raise RuntimeError("out of memory")

    broken = MoonshineModel(Broken, model.decoder, model.cache, model.pieces)
    with pytest.raises(SpeechEngineError, match="Moonshine failed: out of memory"):
        broken.recognise(SAMPLES, 50)
