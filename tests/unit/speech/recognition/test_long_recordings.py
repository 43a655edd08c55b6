"""Ten minutes to recognise: piece by piece, nobody else waits, and it can be broken off."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path

import numpy as np
import pytest

from gradio_webrtc import STTModel
from gradio_webrtc.concurrency.thread_interrupt import HandlerReleased, UserCode
from gradio_webrtc.media.audio.pcm import Int16Array
from gradio_webrtc.speech.recognition import sphinx
from gradio_webrtc.speech.recognition.moonshine import MoonshineSTT
from gradio_webrtc.speech.recognition.recognised import Recognised
from gradio_webrtc.speech.recognition.sphinx import SphinxSTT
from tests.support.tiny_speech_models import make_moonshine

PATIENCE_S = 30.0
RATE = 16_000
WORDS = "Ask me anything\u00e9."


def minutes(count: float) -> Int16Array:
    return np.random.default_rng(0).integers(-900, 900, round(60 * count * RATE), np.int16)


class Gate:
    """Stops whoever recognises the second piece of a long recording until it is opened."""

    def __init__(self) -> None:
        self.lengths: list[int] = []
        self.reached, self.opened = threading.Event(), threading.Event()

    def pass_by(self, samples: int) -> None:
        self.lengths.append(samples)
        if len(self.lengths) == 2:
            self.reached.set()
            assert self.opened.wait(PATIENCE_S)


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture(params=["moonshine", "sphinx"])
def ears(
    request: pytest.FixtureRequest, gate: Gate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> STTModel:
    if request.param == "sphinx":

        class Decoder:
            def recognise(self, samples: Int16Array) -> str:
                gate.pass_by(samples.size)
                return WORDS

        monkeypatch.setattr(sphinx, "new_decoder", Decoder)
        return SphinxSTT()
    model = MoonshineSTT(folder=make_moonshine(tmp_path), check_voice=False)
    said = model._said

    def passing(parts: object, piece: np.ndarray) -> Recognised:
        gate.pass_by(piece.size)
        return said(parts, piece)

    monkeypatch.setattr(model, "_said", passing)
    return model


def test_ten_minutes_are_recognised_half_a_minute_at_a_time(ears: STTModel, gate: Gate):
    gate.opened.set()
    heard = ears.stt((RATE, minutes(10)))
    assert heard == " ".join([WORDS] * len(gate.lengths))
    assert 20 <= len(gate.lengths) <= 24
    assert max(gate.lengths) <= 31 * RATE


def test_others_are_heard_meanwhile(ears: STTModel, gate: Gate):
    with ThreadPoolExecutor(1) as pool:
        long = pool.submit(ears.stt, (RATE, minutes(2)))
        assert gate.reached.wait(PATIENCE_S)
        assert ears.stt((RATE, minutes(0.05))) == WORDS
        assert not long.done()
        gate.opened.set()
        assert long.result(PATIENCE_S).startswith(WORDS)


def test_a_session_that_ends_takes_the_rest_of_it_along(ears: STTModel, gate: Gate):
    code, outcome = UserCode(), Future()
    thread = threading.Thread(
        target=lambda: outcome.set_result(
            code.run(copy_context(), ears.stt, ((RATE, minutes(10)),))
        )
    )
    thread.start()
    assert gate.reached.wait(PATIENCE_S)
    code.interrupt()
    gate.opened.set()
    assert isinstance(outcome.result(PATIENCE_S).error, HandlerReleased)
    thread.join(PATIENCE_S)
    assert len(gate.lengths) <= 3
